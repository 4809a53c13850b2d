using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>Mounts on which an epoch is read, the passes on them, and the comparison of every byte with what is in the store.</summary>
internal sealed class EpochMounts(BenchOptions options, Site site, BenchStore store)
{
    // Without hints and without a disk cache four workers wait a minute for 10,000 images; more than twice that has failed.
    private static readonly PassLimit _longest = PassLimit.Longest with { Time = TimeSpan.FromSeconds(300) };

    // Five times the 17 s that s3mount takes at most for the rows in which they are compared (decoded with --hydrate), and
    // what a noisy machine adds.
    private static readonly PassLimit _ofPeer = PassLimit.OfPeer with { Time = TimeSpan.FromSeconds(120) };

    private const int VerifyingThreads = 32;

    public Meter Meter { get; } = new(store);

    public Site Site => site;

    public BenchStore Store => store;

    public string Program => options.Program;

    /// <summary>Of the whole bucket, when it has walked what will be read and read what will not.</summary>
    public async Task<RunningMount> StartPreparedAsync(EpochScenario scenario, Contender contender, string[] extra, CancellationToken cancellationToken)
    {
        RunningMount mount = await RunningMount.StartAsync(MountCommand.Of(contender, options.Program, store, site, extra), cancellationToken);
        try
        {
            Workload workload = EpochWorkloads.Of(scenario, site, mount.Directory);
            await ClientProcess.RunOnceAsync(workload with { Kind = WorkloadKind.Prepare, Threads = 8 }, cancellationToken);
            return mount;
        }
        catch
        {
            await mount.DisposeAsync();
            throw;
        }
    }

    /// <summary>Of the images alone; nothing has been asked of it.</summary>
    public Task<RunningMount> StartOfImagesAsync(string[] extra, CancellationToken cancellationToken) =>
        RunningMount.StartAsync(MountCommand.OfImages(options.Program, store, site, extra), cancellationToken);

    /// <summary>What a reader of the images alone has as its root.</summary>
    public string RootOfImages => Path.GetDirectoryName(site.ImageMountpoint)!;

    public static Task<ClientProcess> StartClientAsync(Workload workload, Contender contender, CancellationToken cancellationToken) =>
        ClientProcess.StartAsync(workload, contender.IsPeer() ? _ofPeer : _longest, cancellationToken);

    /// <summary>A pass that reads everything, or was ended.</summary>
    public async Task<Sample> PassAsync(ClientProcess client, EpochScenario scenario, RunningMount? mount, CancellationToken cancellationToken)
    {
        Sample sample = await Meter.PassAsync(client, mount, cancellationToken);
        EpochWorkloads.Check(scenario, sample.Client);
        return sample;
    }

    /// <exception cref="BenchException">A byte is wrong.</exception>
    public Task VerifyAsync(EpochScenario scenario, string root, CancellationToken cancellationToken) => ClientProcess.RunOnceAsync(
        EpochWorkloads.Of(scenario, site, root) with { Kind = WorkloadKind.Verify, Threads = VerifyingThreads, Reference = site.Reference.Root }, cancellationToken);
}
