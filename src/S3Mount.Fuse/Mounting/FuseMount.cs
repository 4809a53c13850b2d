using S3Mount.Fuse.Session;

namespace S3Mount.Fuse.Mounting;

/// <summary>
/// A mounted directory: by mount(2) where the process is privileged, by fusermount3 where it is not. The process that serves
/// a mount never touches a path inside it.
/// </summary>
public sealed class FuseMount
{
    /// <summary>Checks the mountpoint, opens /dev/fuse and mounts. The session must be started next.</summary>
    /// <exception cref="FuseException">With the failure and a line that says what to do; nothing is left mounted.</exception>
    public static FuseMount Create(string mountpoint, FuseMountOptions options) => throw new NotImplementedException();

    /// <summary>The mountpoint as an absolute path without links, as in /proc/self/mountinfo.</summary>
    public string Mountpoint => throw new NotImplementedException();

    /// <summary>The device; its ownership passes to the <see cref="FuseSession"/>.</summary>
    public IFuseDevice Device => throw new NotImplementedException();

    /// <summary>
    /// Raises read_ahead_kb of the mount's backing device to <paramref name="kibibytes"/> (the device number comes from
    /// /proc/self/mountinfo, never from a stat of the mount). False when not privileged: reads then stay at what INIT gave.
    /// </summary>
    public bool TrySetReadahead(int kibibytes) => throw new NotImplementedException();

    /// <summary>Unmounts; idempotent.</summary>
    /// <param name="lazy">Detach now (MNT_DETACH), also when files are open.</param>
    /// <exception cref="FuseException"><see cref="FuseFailure.Busy"/> when files are open and not lazy.</exception>
    public void Unmount(bool lazy) => throw new NotImplementedException();
}
