namespace S3Mount.FileSystem.Warming;

/// <summary>How far a mount has brought all of its files near by itself.</summary>
/// <param name="State"><c>running</c>, <c>waiting</c> (it goes on in a minute: the store or the disk has failed), <c>done</c>,
/// <c>failed</c> (a bug; the log has it).</param>
public sealed record HydrationStatus(string State, WarmProgress Progress)
{
    // The first that one of several has is what they have together.
    private static readonly string[] _states = ["failed", "waiting", "running", "done"];

    /// <summary>Of several datasets together.</summary>
    internal static HydrationStatus Sum(IReadOnlyList<HydrationStatus> all) =>
        new(_states.First(state => all.Any(one => one.State == state)), WarmProgress.Sum([.. all.Select(one => one.Progress)]));
}
