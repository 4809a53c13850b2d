using Microsoft.Win32.SafeHandles;

namespace S3Mount.Fuse.Interop;

/// <summary>A file descriptor that is closed once, when its last user has let go.</summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    public FileDescriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>Only between DangerousAddRef and DangerousRelease, or by the one owner.</summary>
    public int Value => (int)handle;

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
