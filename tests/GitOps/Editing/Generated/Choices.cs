namespace Devflow.ChatOps.Tests.GitOps.Editing.Generated;

/// <summary>A row of choices that follows from a seed alone, so that a file that failed can be made again.</summary>
internal sealed class Choices(int seed)
{
    private ulong state = ((ulong)(uint)seed * 2_862_933_555_777_941_757UL) + 3_037_000_493UL;

    /// <summary>A number from 0 to below <paramref name="count"/>.</summary>
    public int Below(int count)
    {
        // Knuth's MMIX constants; the low bits of such a generator repeat soon.
        state = (state * 6_364_136_223_846_793_005UL) + 1_442_695_040_888_963_407UL;
        return (int)((state >> 33) % (ulong)count);
    }

    /// <summary>True in one of so many cases.</summary>
    public bool OneIn(int count) => Below(count) == 0;

    public T Of<T>(params ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>The same items in another order.</summary>
    public List<T> Shuffled<T>(IEnumerable<T> items) => [.. items.OrderBy(_ => Below(1_000_000))];
}
