using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests;

public sealed class ErrnoMapperTests
{
    private static readonly (ObjectStoreFailure Failure, Errno Lookup, Errno Read)[] _table =
    [
        (ObjectStoreFailure.NotFound, Errno.ENOENT, Errno.ESTALE),
        (ObjectStoreFailure.NoSuchBucket, Errno.EIO, Errno.EIO),
        (ObjectStoreFailure.PreconditionFailed, Errno.ESTALE, Errno.ESTALE),
        (ObjectStoreFailure.AccessDenied, Errno.EACCES, Errno.EACCES),
        (ObjectStoreFailure.NoCredentials, Errno.EACCES, Errno.EACCES),
        (ObjectStoreFailure.Archived, Errno.EACCES, Errno.EACCES),
        (ObjectStoreFailure.WrongRegion, Errno.EIO, Errno.EIO),
        (ObjectStoreFailure.Unavailable, Errno.EIO, Errno.EIO),
        (ObjectStoreFailure.Malformed, Errno.EIO, Errno.EIO),
        (ObjectStoreFailure.Rejected, Errno.EIO, Errno.EIO),
    ];

    private readonly RecordingLogger _logger = new();

    [Test]
    public void Every_failure_of_a_store_has_its_errno()
    {
        Assert.That(_table.Select(row => row.Failure), Is.EquivalentTo(Enum.GetValues<ObjectStoreFailure>()));
        foreach ((ObjectStoreFailure failure, Errno lookup, Errno read) in _table)
        {
            Assert.That(Map(new ObjectStoreException(failure, "m"), isRead: false), Is.EqualTo(lookup), $"{failure} of a lookup");
            Assert.That(Map(new ObjectStoreException(failure, "m"), isRead: true), Is.EqualTo(read), $"{failure} of a read");
        }
    }

    [Test]
    public void An_interrupted_wait_is_EINTR_and_the_end_of_the_mount_is_EIO()
    {
        Assert.That(Map(new OperationCanceledException(), isRead: true, interrupted: true), Is.EqualTo(Errno.EINTR));
        Assert.That(Map(new OperationCanceledException(), isRead: true), Is.EqualTo(Errno.EIO));
        Assert.That(Map(new ObjectDisposedException("o"), isRead: true), Is.EqualTo(Errno.EIO));
        Assert.That(_logger.Lines, Is.Empty);
    }

    [Test]
    public void What_nobody_thought_of_is_EIO_and_logged_with_its_key()
    {
        Assert.That(Map(new FormatException("odd"), isRead: false), Is.EqualTo(Errno.EIO));
        Assert.That(_logger.Lines.Single(), Is.EqualTo((LogLevel.Error, "doing 'a key' failed with EIO (FormatException: odd)")));
    }

    [Test]
    public void What_is_normal_is_not_logged_and_what_is_not_is_at_its_level()
    {
        Map(new ObjectStoreException(ObjectStoreFailure.NotFound, "m"), isRead: false);
        Assert.That(_logger.Lines, Is.Empty);
        Map(new ObjectStoreException(ObjectStoreFailure.PreconditionFailed, "m"), isRead: true);
        Map(new ObjectStoreException(ObjectStoreFailure.AccessDenied, "why it failed"), isRead: true);
        Assert.That(_logger.Lines.Select(line => line.Level), Is.EqualTo([LogLevel.Warning, LogLevel.Error]));
        Assert.That(_logger.Lines[1].Text, Does.Contain("a key").And.Contain("EACCES").And.Contain("why it failed"));
    }

    private Errno Map(Exception failure, bool isRead, bool interrupted = false) =>
        ErrnoMapper.MapAndLog(_logger, failure, "doing", new ObjectKey("a key"), isRead, interrupted);
}
