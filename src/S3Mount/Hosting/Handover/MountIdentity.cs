using S3Mount.Configuration;

namespace S3Mount.Hosting.Handover;

/// <summary>What has to be the same for one process to go on with the mount of another.</summary>
/// <param name="Source"><c>s3://BUCKET/PREFIX</c>: the same keys, so that node ids stand for the same files.</param>
/// <param name="Endpoint">As it was given; null: that of AWS.</param>
/// <param name="Snapshot">Of a pinned dataset, its path.</param>
/// <param name="AllowOther">Of this and the next the kernel has been told at mount(2), and is not told again.</param>
internal sealed record MountIdentity(string Mountpoint, string Source, string? Endpoint, string? Snapshot, bool AllowOther, bool NoExec)
{
    public static MountIdentity Of(MountSettings settings, string mountpoint) =>
        new(mountpoint, settings.Url, settings.EndpointUrl, settings.Snapshot, settings.AllowOther || settings.AllowRoot, settings.NoExec);
}
