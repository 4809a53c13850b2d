using System.Diagnostics;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;
using S3Mount.Testing.Processes;

namespace S3Mount.Benchmarks.Listings;

/// <summary>
/// Measures one mount in one listing: a fresh mount, a walk elsewhere so that its program has run before, the cold pass, the warm
/// pass. What the client finds is compared with what is there after each.
/// </summary>
internal sealed class ListingMounts(BenchOptions options, Site site, BenchStore store)
{
    // Some 1,300 pages, a few at once, 60 ms each, and the file.
    private static readonly TimeSpan _snapshotDeadline = TimeSpan.FromSeconds(300);

    private readonly Meter _meter = new(store);
    private readonly ListingTree _warmUp = options.Trees.WarmUp;

    public static ListingJob JobOf(ListingScenario scenario, string root, Contender contender) => new(scenario.Kind, root, scenario.Path, contender);

    public async Task<IReadOnlyList<Sample>> MeasureAsync(ListingScenario scenario, Contender contender, CancellationToken cancellationToken)
    {
        await using RunningMount mount = await RunningMount.StartAsync(MountCommand.Of(contender, options.Program, store, site, []), cancellationToken);
        await WalkElsewhereAsync(mount, cancellationToken);
        await using ClientProcess client = await JobOf(scenario, PathOf(mount.Directory, scenario.Tree), contender).StartAsync(cancellationToken);
        var samples = new List<Sample> { await PassAsync(client, scenario, mount, cancellationToken) };
        if (scenario.HasWarmPass && !samples[0].IsPartial)
            samples.Add(await PassAsync(client, scenario, mount, cancellationToken));
        return samples;
    }

    /// <summary>Why there is no snapshot, where this s3mount makes none; else null.</summary>
    /// <exception cref="BenchException">It failed.</exception>
    public async Task<string?> CreateSnapshotAsync(ListingScenario scenario, string file, CancellationToken cancellationToken)
    {
        // Wrong usage: a verb that it does not know yet.
        const int Usage = 2;
        string[] words = ["snapshot", "create", SourceOf(scenario), file, "--no-sign-request", "--endpoint-url", store.Endpoint];
        ChildResult result;
        try
        {
            result = await ChildProcess.RunAsync(options.Program, words, new ChildProcessOptions { Deadline = _snapshotDeadline }, cancellationToken);
        }
        catch (ChildProcessException failure)
        {
            throw new BenchException(failure.Message);
        }
        return result.ExitCode switch
        {
            0 => null,
            Usage => "left out: this s3mount makes no snapshots: " + result.Error.Trim(),
            _ => throw new BenchException("snapshot create failed: " + result.Error.Trim()),
        };
    }

    /// <summary>From the command that mounts to the end of the walk.</summary>
    public async Task<Sample> MeasureWithSnapshotAsync(ListingScenario scenario, string file, CancellationToken cancellationToken)
    {
        string[] words = [SourceOf(scenario), site.Mountpoint, "-f", "--no-sign-request", "--endpoint-url", store.Endpoint, "--snapshot", file];
        await using ClientProcess client = await JobOf(scenario, site.Mountpoint, Contender.S3Mount).StartAsync(cancellationToken);
        await store.ResetCountsAsync(cancellationToken);
        long start = Stopwatch.GetTimestamp();
        await using RunningMount mount = await RunningMount.StartAsync(new MountCommand(options.Program, words, site.Mountpoint, Cache: null), cancellationToken);
        double mountSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        StoreCounts whileMounting = await store.CountsAsync(cancellationToken);
        Sample pass = await PassAsync(client, scenario, mount, cancellationToken);
        return pass with { Seconds = pass.Seconds + mountSeconds, Store = pass.Store with { Lists = pass.Store.Lists + whileMounting.Lists } };
    }

    private static string SourceOf(ListingScenario scenario) => $"{BenchStore.Bucket}/{scenario.Tree.Prefix.TrimEnd('/')}";

    private static string PathOf(string root, ListingTree tree) => Path.Combine(root, tree.Prefix.TrimEnd('/'));

    private async Task WalkElsewhereAsync(RunningMount mount, CancellationToken cancellationToken)
    {
        await using ClientProcess client = await new ListingJob(ListingKind.Walk, PathOf(mount.Directory, _warmUp), "", Contender.S3Mount).StartAsync(cancellationToken);
        await client.PassAsync(cancellationToken);
    }

    private async Task<Sample> PassAsync(ClientProcess client, ListingScenario scenario, RunningMount mount, CancellationToken cancellationToken)
    {
        Sample sample = await _meter.PassAsync(client, mount, cancellationToken);
        if (!sample.IsPartial)
            ListingCheck.Names(scenario, sample.Client);
        else if (sample.Client.Files == 0)
            throw new BenchException($"nothing found after {sample.Seconds:0} s");
        return sample;
    }
}
