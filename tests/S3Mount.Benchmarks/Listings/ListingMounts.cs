using System.Diagnostics;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Listings;

/// <summary>
/// Measures one mount in one listing: a fresh mount, a walk elsewhere so that its program has run before, the cold pass, the warm
/// pass. What the client finds is compared with what is there after each.
/// </summary>
internal sealed class ListingMounts(BenchOptions options, Site site, BenchStore store)
{
    /// <summary>What needs longer is no contender.</summary>
    public const double DeadlineSeconds = 300;

    // Of a peer, for a part of the tree; then its time is a lower bound.
    private const double PeerDeadlineSeconds = 120;

    private static readonly TimeSpan _snapshotDeadline = TimeSpan.FromSeconds(300);

    private readonly Meter _meter = new(store);
    private readonly ListingTree _warmUp = options.Trees.WarmUp;

    public static ListingJob JobOf(ListingScenario scenario, string root, double deadlineSeconds) => new(scenario.Kind, root, scenario.Path, deadlineSeconds);

    public async Task<IReadOnlyList<ListingSample>> MeasureAsync(ListingScenario scenario, Contender contender)
    {
        ProcessStartInfo command = MountCommand.Of(contender, options.Program, store, site.Mountpoint, site.NewCache(), []);
        await using RunningMount mount = await RunningMount.StartAsync(command, site.Mountpoint);
        await WalkElsewhereAsync(mount);
        double deadline = contender.IsPeer() ? PeerDeadlineSeconds : DeadlineSeconds;
        await using ClientProcess client = await JobOf(scenario, PathOf(mount.Directory, scenario.Tree), deadline).StartAsync();
        var samples = new List<ListingSample> { await PassAsync(client, scenario, contender, mount) };
        if (scenario.HasWarmPass && !samples[0].Pass.Client.IsPartial)
            samples.Add(await PassAsync(client, scenario, contender, mount));
        return samples;
    }

    /// <summary>Why there is no snapshot, where this s3mount makes none; else null.</summary>
    /// <exception cref="BenchException">It failed.</exception>
    public async Task<string?> CreateSnapshotAsync(ListingScenario scenario, string file)
    {
        string[] words = ["snapshot", "create", SourceOf(scenario), file, "--no-sign-request", "--endpoint-url", store.Endpoint];
        using Process create = Process.Start(new ProcessStartInfo(options.Program, words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var deadline = new CancellationTokenSource(_snapshotDeadline);
        Task<string> output = create.StandardOutput.ReadToEndAsync(deadline.Token);
        string errors;
        try
        {
            errors = await create.StandardError.ReadToEndAsync(deadline.Token);
            await output;
            await create.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            create.Kill();
            throw new BenchException($"there was no snapshot after {_snapshotDeadline.TotalSeconds:0} s");
        }
        // Wrong usage: a verb that it does not know yet.
        const int Usage = 2;
        if (create.ExitCode == Usage)
            return "left out: this s3mount makes no snapshots: " + errors.Trim();
        return create.ExitCode == 0 ? null : throw new BenchException("snapshot create failed: " + errors.Trim());
    }

    /// <summary>From the command that mounts to the end of the walk.</summary>
    public async Task<ListingSample> MeasureWithSnapshotAsync(ListingScenario scenario, string file)
    {
        string[] words = [SourceOf(scenario), site.Mountpoint, "-f", "--no-sign-request", "--endpoint-url", store.Endpoint, "--snapshot", file];
        var command = new ProcessStartInfo(options.Program, words) { RedirectStandardOutput = true, RedirectStandardError = true };
        await using ClientProcess client = await JobOf(scenario, site.Mountpoint, DeadlineSeconds).StartAsync();
        await store.ResetCountsAsync();
        long start = Stopwatch.GetTimestamp();
        await using RunningMount mount = await RunningMount.StartAsync(command, site.Mountpoint);
        double mountSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        StoreCounts whileMounting = await store.CountsAsync();
        Sample pass = (await PassAsync(client, scenario, Contender.S3Mount, mount)).Pass;
        return new ListingSample(pass with { Store = pass.Store with { Lists = pass.Store.Lists + whileMounting.Lists } }, mountSeconds, 0);
    }

    private static string SourceOf(ListingScenario scenario) => $"{BenchStore.Bucket}/{scenario.Tree.Prefix.TrimEnd('/')}";

    private static string PathOf(string root, ListingTree tree) => Path.Combine(root, tree.Prefix.TrimEnd('/'));

    private async Task WalkElsewhereAsync(RunningMount mount)
    {
        await using ClientProcess client = await new ListingJob(ListingKind.Walk, PathOf(mount.Directory, _warmUp), "", DeadlineSeconds).StartAsync();
        await client.PassAsync();
    }

    private async Task<ListingSample> PassAsync(ClientProcess client, ListingScenario scenario, Contender contender, RunningMount mount)
    {
        long before = mount.Usage.RssBytes;
        var sample = new ListingSample(await _meter.PassAsync(client, mount), 0, before);
        if (!sample.Pass.Client.IsPartial)
            ListingCheck.Names(scenario, sample.Pass.Client);
        else if (!contender.IsPeer())
            throw new BenchException($"not done after {DeadlineSeconds:0} s");
        return sample;
    }
}
