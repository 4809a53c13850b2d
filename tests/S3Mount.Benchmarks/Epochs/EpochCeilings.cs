using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Results;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>Measures what no mount can beat: a bare client that downloads the same objects, and the same epoch over local files.</summary>
internal sealed class EpochCeilings(EpochMounts mounts)
{
    private string? _onDisk;

    public async Task<Sample> BareAsync(EpochScenario scenario, int connections, CancellationToken cancellationToken)
    {
        Workload workload = EpochWorkloads.Of(scenario, mounts.Site, mounts.Store.BucketUrl) with { Kind = WorkloadKind.Files, Threads = connections };
        await using ClientProcess client = await EpochMounts.StartClientAsync(workload, Contender.BareSame, cancellationToken);
        return await mounts.PassAsync(client, scenario, mount: null, cancellationToken);
    }

    public Task<Sample> TmpfsAsync(EpochScenario scenario, CancellationToken cancellationToken) =>
        LocalAsync(scenario, mounts.Site.Reference.Root, isDropped: false, cancellationToken);

    /// <summary>From the disk itself: the kernel has listed the files, and forgotten what is in them.</summary>
    public Task<Sample> DiskAsync(EpochScenario scenario, CancellationToken cancellationToken) =>
        LocalAsync(scenario, _onDisk ??= Copy(scenario, cancellationToken), isDropped: true, cancellationToken);

    private async Task<Sample> LocalAsync(EpochScenario scenario, string root, bool isDropped, CancellationToken cancellationToken)
    {
        Workload workload = EpochWorkloads.Of(scenario, mounts.Site, root) with { Hints = false };
        await using ClientProcess client = await EpochMounts.StartClientAsync(workload, Contender.Tmpfs, cancellationToken);
        if (isDropped)
            PageCache.Drop(root);
        return await mounts.PassAsync(client, scenario, mount: null, cancellationToken);
    }

    private string Copy(EpochScenario scenario, CancellationToken cancellationToken)
    {
        string root = Path.Combine(mounts.Site.Scratch, "local");
        foreach (string key in scenario.Objects.Select(o => o.Key))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, key))!);
            File.Copy(Path.Combine(mounts.Site.Reference.Root, key), Path.Combine(root, key));
        }
        return root;
    }
}
