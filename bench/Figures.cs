using System.Globalization;

namespace Devflow.ChatOps.Bench;

/// <summary>Durations of the same thing, done many times.</summary>
internal sealed class Figures
{
    private readonly List<double> milliseconds = [];

    public void Add(TimeSpan duration) => milliseconds.Add(duration.TotalMilliseconds);

    /// <summary>One line: how many, the middle, the slow ones, the slowest.</summary>
    public void Print(string what)
    {
        milliseconds.Sort();
        Line(
            what,
            string.Create(
                CultureInfo.InvariantCulture,
                $"n {milliseconds.Count}, p50 {At(0.50):0.00} ms, p95 {At(0.95):0.00} ms, p99 {At(0.99):0.00} ms, max {At(1):0.00} ms"
            )
        );
    }

    public static void Line(string what, string figures) => Console.WriteLine($"{what, -44} {figures}");

    /// <summary>Resident memory of a process: all of it, and the part of it that is no file's.</summary>
    public static void Memory(string what, int processId)
    {
        var status = File.ReadAllLines($"/proc/{processId}/status");
        double Of(string name) =>
            double.Parse(
                status
                    .Single(line => line.StartsWith(name + ":", StringComparison.Ordinal))
                    .Split(':')[1]
                    .Replace("kB", "", StringComparison.Ordinal),
                CultureInfo.InvariantCulture
            ) / 1024;
        Line(
            what,
            string.Create(CultureInfo.InvariantCulture, $"{Of("VmRSS"):0} MB, {Of("RssAnon"):0} MB of it anonymous")
        );
    }

    private double At(double part) => milliseconds[Math.Max(0, (int)Math.Ceiling(part * milliseconds.Count) - 1)];
}
