using Mono.Unix.Native;

namespace S3Mount.Fuse.Tests.Interop;

public sealed class ErrnoTests
{
    /// <summary>Numbers of include/uapi/asm-generic/errno-base.h and errno.h: what travels in answers and comes from system calls.</summary>
    [TestCase(Errno.EPERM, 1)]
    [TestCase(Errno.ENOENT, 2)]
    [TestCase(Errno.EINTR, 4)]
    [TestCase(Errno.EIO, 5)]
    [TestCase(Errno.ENXIO, 6)]
    [TestCase(Errno.EBADF, 9)]
    [TestCase(Errno.EAGAIN, 11)]
    [TestCase(Errno.ENOMEM, 12)]
    [TestCase(Errno.EACCES, 13)]
    [TestCase(Errno.EFAULT, 14)]
    [TestCase(Errno.EBUSY, 16)]
    [TestCase(Errno.ENODEV, 19)]
    [TestCase(Errno.ENOTDIR, 20)]
    [TestCase(Errno.EISDIR, 21)]
    [TestCase(Errno.EINVAL, 22)]
    [TestCase(Errno.ENOTTY, 25)]
    [TestCase(Errno.EROFS, 30)]
    [TestCase(Errno.ERANGE, 34)]
    [TestCase(Errno.ENAMETOOLONG, 36)]
    [TestCase(Errno.ENOSYS, 38)]
    [TestCase(Errno.ENODATA, 61)]
    [TestCase(Errno.EPROTO, 71)]
    [TestCase(Errno.EOPNOTSUPP, 95)]
    [TestCase(Errno.ECONNABORTED, 103)]
    [TestCase(Errno.ENOTCONN, 107)]
    [TestCase(Errno.ETIMEDOUT, 110)]
    [TestCase(Errno.ESTALE, 116)]
    public void An_errno_has_the_kernels_number(Errno error, int number) => Assert.That((int)error, Is.EqualTo(number));
}
