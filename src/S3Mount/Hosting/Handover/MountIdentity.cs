using S3Mount.Configuration;
using S3Mount.FileSystem.Snapshots;

namespace S3Mount.Hosting.Handover;

/// <summary>What has to be the same for one process to go on with the mount of another.</summary>
/// <param name="Source"><c>s3://BUCKET/PREFIX</c>: the same keys, so that node ids stand for the same files.</param>
/// <param name="Endpoint">As it was given; null: that of AWS.</param>
/// <param name="Snapshot">Of a pinned dataset, its digest: the kernel never asks again for what it was told of one, and another may have its path.</param>
/// <param name="AllowOther">Of this, the next and <paramref name="NoExec"/> the kernel has been told at mount(2), and is not told again.</param>
/// <param name="Uid">
/// This and what follows: what the kernel was told of files it does not ask for again before the time to live has ended. It would let in who
/// may not any more, and hold for an hour what is to hold for a minute.
/// </param>
internal sealed record MountIdentity(
    string Mountpoint, string Source, string? Endpoint, string? Snapshot, bool AllowOther, bool AllowRoot, bool NoExec,
    uint Uid, uint Gid, uint FileMode, uint DirMode, TimeSpan MetadataTtl, TimeSpan NegativeMetadataTtl)
{
    /// <summary>As long as a cache is given: a disk that hangs does not keep readers waiting for ever.</summary>
    private static readonly TimeSpan _loadDeadline = TimeSpan.FromSeconds(15);

    /// <param name="snapshot">That is being read; null: none is mounted. What is wrong with it is left to who needs it.</param>
    public static async Task<MountIdentity> OfAsync(MountSettings settings, string mountpoint, Task<SnapshotFile>? snapshot, TimeProvider timeProvider, CancellationToken stopping)
    {
        string? digest = null;
        try
        {
            if (snapshot is not null)
                digest = (await snapshot.WaitAsync(_loadDeadline, timeProvider, stopping).ConfigureAwait(false)).Summary.Digest;
        }
        catch (Exception)
        {
            // The same as no other.
            digest = Guid.NewGuid().ToString();
        }
        return new(
            mountpoint, settings.Url, settings.EndpointUrl, digest, settings.AllowOther, settings.AllowRoot, settings.NoExec,
            settings.Uid, settings.Gid, settings.FileMode, settings.DirMode, settings.MetadataTtl, settings.NegativeMetadataTtl);
    }
}
