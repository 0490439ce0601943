using MongoDB.Driver;

namespace Devflow.ChatOps.Functions.Adapters.Mongo;

/// <summary>
/// A <c>mongodb://</c> or <c>mongodb+srv://</c> connection string, and what is ours to decide about a connection. It
/// prints itself without the user, the password and the options.
/// </summary>
internal sealed class MongoAddress
{
    private const string DefaultDatabase = "devflow";

    // Slack waits 3 s: then it must have been told that the store is away.
    private static readonly TimeSpan waitForServer = TimeSpan.FromSeconds(2);

    // A lease lives for 15 s: whoever waits longer for an answer has lost it anyway.
    private static readonly TimeSpan waitForAnswer = TimeSpan.FromSeconds(10);

    // A look asks several things at once, and several Rollouts are looked at: with the driver's 2, a process that has
    // just been started opens its connections one after the other while what needs them waits.
    private const int OpenedAtOnce = 8;

    private readonly MongoUrl url;
    private readonly string text;

    private MongoAddress(MongoUrl url, string text) => (this.url, this.text) = (url, text);

    public string Database => url.DatabaseName ?? DefaultDatabase;

    public static bool IsOne(string text) =>
        text.StartsWith("mongodb://", StringComparison.Ordinal)
        || text.StartsWith("mongodb+srv://", StringComparison.Ordinal);

    /// <summary>Reads it; <c>null</c> when it is malformed. The driver's text about that repeats the password.</summary>
    public static MongoAddress? TryParse(string text)
    {
        try
        {
            return IsOne(text) ? new MongoAddress(new MongoUrl(text), text) : null;
        }
        catch (Exception fault) when (fault is MongoConfigurationException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// How to connect. Majority and journal whatever the string says: what is acknowledged outlives an election. Writes
    /// are retried by the driver, once and recognised by the server, unless the string says <c>retryWrites=false</c>
    /// (services without sessions need that). Times that the string names stay.
    /// </summary>
    /// <param name="instance">Tells this process apart in the server's list of connections.</param>
    public MongoClientSettings Settings(string instance)
    {
        var settings = MongoClientSettings.FromUrl(url);
        settings.ApplicationName = $"devflow {instance}";
        settings.ReadPreference = ReadPreference.Primary;
        settings.ReadConcern = ReadConcern.Majority;
        settings.WriteConcern = WriteConcern.WMajority.With(wTimeout: waitForAnswer, journal: true);
        if (!Names("serverSelectionTimeout"))
        {
            settings.ServerSelectionTimeout = waitForServer;
        }

        if (!Names("connectTimeout"))
        {
            settings.ConnectTimeout = waitForServer;
        }

        if (!Names("socketTimeout"))
        {
            settings.SocketTimeout = waitForAnswer;
        }

        // Waiting for a free connection says that this process is busy, and not that the store is away.
        if (!Names("waitQueueTimeout"))
        {
            settings.WaitQueueTimeout = waitForAnswer;
        }

        if (!Names("maxConnecting"))
        {
            settings.MaxConnecting = OpenedAtOnce;
        }

        return settings;
    }

    public override string ToString() =>
        (
            url.Scheme == MongoDB.Driver.Core.Configuration.ConnectionStringScheme.MongoDBPlusSrv
                ? "mongodb+srv"
                : "mongodb"
        ) + $"://{string.Join(',', url.Servers)}/{Database}";

    // Users, hosts and databases may be named like an option.
    private bool Names(string option) =>
        text.LastIndexOf('?') is >= 0 and var options
        && text.AsSpan(options + 1).Contains(option, StringComparison.OrdinalIgnoreCase);
}
