namespace Devflow.ChatOps.Core.Messages.Console;

/// <summary>The words of the console's pages. Plain text: the pages escape what stands between them.</summary>
public static class ConsoleTexts
{
    public const string Product = "Devflow ChatOps";
    public const string Console = "Console";
    public const string Releases = "Releases";
    public const string Stuck = "Stuck";
    public const string Steps = "Steps";
    public const string Timeline = "Timeline";
    public const string Facts = "What is released";
    public const string Older = "Older releases";
    public const string NoReleases =
        "No releases yet. Each one appears here when it is announced, or seen in the cluster.";
    public const string NoTimeline = "Nothing has been told of it yet.";

    public const string App = "App";
    public const string Environment = "Environment";
    public const string Version = "Version";
    public const string Status = "Status";
    public const string Created = "Created";
    public const string Image = "Image";
    public const string Replaces = "Replaces";
    public const string SourceCommit = "Source commit";
    public const string GitOpsCommit = "GitOps commit";
    public const string Rollout = "Rollout";
    public const string PodHash = "Pod hash";
    public const string Attempt = "Attempt";
    public const string Job = "Job";
    public const string Verified = "Verified";

    public const string LeftCatalog = "The catalog has no such app and environment any more.";
    public const string UnreadableRelease = "release that cannot be read";

    public const string NothingStuck =
        "Nothing is stuck: whatever was asked for was done, refused, or is still being tried.";
    public const string StuckMeans =
        "What failed too often was put aside, so that nothing else waits for it. It is not tried again by itself: mend the "
        + "cause, then try again. A command is decided anew for whoever gave it; a patch is judged by the live Rollout first.";
    public const string TryAgain = "Try again";
    public const string NotResumable = "Trying again does not help here.";
    public const string Since = "since";

    public const string Working = "On it. This page tells what came of it as soon as that is known.";
    public const string UnknownCommand = "What came of it is not known here any more; the audit has it.";

    public const string NotSetUp =
        "Nobody can sign in to the console: no sign-in proxy is configured (Devflow:Console). Slack, GitHub and the API work without it.";
    public const string NotSignedIn = "You are not signed in. Open the console through your company's sign-in proxy.";
    public const string StrangeProxy =
        "This request did not come from one of the sign-in proxies that are configured (Devflow:Console:Proxies), so it is not known who you are.";
    public const string StaleForm =
        "This page is from another time or another person, so nothing was done. Go back, reload it, and try again.";
    public const string NoSuchPage = "There is no such page.";
    public const string NoSuchRelease = "There is no such release, or it was removed after its time.";
    public const string NoSuchPlace =
        "The catalog has no such app and environment any more, so there is nothing to try again.";
    public const string StoreDown = "The store does not answer at the moment. Try again in a minute.";
    public const string StoreDownWhileActing =
        "The store does not answer, so it is not known whether this was written down. Look at the page of what is stuck in a minute, before you try again.";

    public static string SignedInAs(string name) => $"signed in as {name}";

    public static string Title(string page) => $"{page} · {Product}";

    public static string OfPlace(string app, string environment) => $"{app} · {environment}";

    public static string AskedBy(string name) => $"asked for by {name}";

    public static string OfRelease(string version) => $"of {version}";

    public static string OfJob(string id) => $"Job {id}";

    /// <summary>A line that leads to what is stuck.</summary>
    public static string ThingsStuck(int count) =>
        count == 1 ? "1 thing is stuck after many tries." : $"{count} things are stuck after many tries.";

    /// <summary>What the button of an environment is called where its place on the page is not heard.</summary>
    public static string TryAgainFor(string app, string environment) => $"{TryAgain}: {app} {environment}";

    public static string Earlier(long entries) =>
        entries == 1 ? "1 earlier entry is in the audit." : $"{entries} earlier entries are in the audit.";
}
