using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Tests.Protocol;
using S3Mount.Testing.Fuse;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>What the session answers without asking the file system.</summary>
[CancelAfter(60_000)]
public sealed class RefusedOperationTests
{
    [TestCase(FuseOpcode.SetAttr, Errno.EROFS)]
    [TestCase(FuseOpcode.SymLink, Errno.EROFS)]
    [TestCase(FuseOpcode.MkNod, Errno.EROFS)]
    [TestCase(FuseOpcode.MkDir, Errno.EROFS)]
    [TestCase(FuseOpcode.Unlink, Errno.EROFS)]
    [TestCase(FuseOpcode.RmDir, Errno.EROFS)]
    [TestCase(FuseOpcode.Rename, Errno.EROFS)]
    [TestCase(FuseOpcode.Rename2, Errno.EROFS)]
    [TestCase(FuseOpcode.Link, Errno.EROFS)]
    [TestCase(FuseOpcode.Write, Errno.EROFS)]
    [TestCase(FuseOpcode.Create, Errno.EROFS)]
    [TestCase(FuseOpcode.TmpFile, Errno.EROFS)]
    [TestCase(FuseOpcode.SetXattr, Errno.EROFS)]
    [TestCase(FuseOpcode.RemoveXattr, Errno.EROFS)]
    [TestCase(FuseOpcode.FAllocate, Errno.EROFS)]
    [TestCase(FuseOpcode.CopyFileRange, Errno.EROFS)]
    [TestCase(FuseOpcode.CopyFileRange64, Errno.EROFS)]
    [TestCase(FuseOpcode.ReadLink, Errno.EINVAL)]
    [TestCase(FuseOpcode.Ioctl, Errno.ENOTTY)]
    [TestCase(FuseOpcode.FSync, Errno.ENOSYS)]
    [TestCase(FuseOpcode.FSyncDir, Errno.ENOSYS)]
    [TestCase(FuseOpcode.SyncFs, Errno.ENOSYS)]
    [TestCase(FuseOpcode.Poll, Errno.ENOSYS)]
    [TestCase(FuseOpcode.BMap, Errno.ENOSYS)]
    [TestCase(FuseOpcode.GetLk, Errno.ENOSYS)]
    [TestCase(FuseOpcode.SetLk, Errno.ENOSYS)]
    [TestCase(FuseOpcode.SetLkW, Errno.ENOSYS)]
    [TestCase(FuseOpcode.SetupMapping, Errno.ENOSYS)]
    [TestCase(FuseOpcode.RemoveMapping, Errno.ENOSYS)]
    [TestCase(FuseOpcode.Init, Errno.ENOSYS)]
    public async Task An_operation_is_refused(FuseOpcode opcode, Errno error)
    {
        var fileSystem = new ScriptedFileSystem();
        await using FakeKernel kernel = await FakeKernel.StartAsync(fileSystem);
        FakeReply<byte[]> reply = await kernel.RawAsync(opcode, NodeId.Root, new byte[128]);
        Assert.That(reply.Error, Is.EqualTo(error));
        Assert.That(fileSystem.Calls, Is.Empty);
        Assert.That(kernel.Violations, Is.Empty);
    }

    [TestCase(0x8001u)] // O_WRONLY
    [TestCase(0x8002u)] // O_RDWR
    [TestCase(0x8003u)]
    [TestCase(0x8200u)] // O_TRUNC
    public async Task An_open_for_writing_is_refused(uint flags)
    {
        var fileSystem = new ScriptedFileSystem();
        await using FakeKernel kernel = await FakeKernel.StartAsync(fileSystem);
        Assert.That((await kernel.OpenAsync(NodeId.Root, flags)).Error, Is.EqualTo(Errno.EROFS));
        Assert.That(fileSystem.Calls, Is.Empty);
    }

    [Test]
    public async Task A_retrieve_answer_that_nobody_asked_for_is_ignored()
    {
        await using RawSession raw = await RawSession.StartAsync();
        Assert.That(await raw.TellAsync(FakeKernel.Request(FuseOpcode.NotifyReply, 2, NodeId.Root, new byte[40])), Is.Empty);
        Assert.That(await raw.AskAsync(GoldenRequests.StatFs), Is.EqualTo(GoldenReplies.Ok));
    }
}
