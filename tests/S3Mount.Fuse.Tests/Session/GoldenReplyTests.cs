using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>Each answer of the file system leaves as the bytes that the kernel expects.</summary>
[CancelAfter(60_000)]
public sealed class GoldenReplyTests
{
    private static readonly FuseAttr _attr = new()
    {
        Ino = 0x1122334455667788,
        Size = 0x0102030405,
        Blocks = 0x8182,
        Atime = 1_700_000_001,
        Mtime = 1_700_000_002,
        Ctime = 1_700_000_003,
        AtimeNsec = 11,
        MtimeNsec = 12,
        CtimeNsec = 13,
        Mode = 0x8124, // 0100444
        Nlink = 1,
        Uid = 1000,
        Gid = 100,
        Blksize = 4096,
    };

    private static IEnumerable<TestCaseData> Replies()
    {
        yield return Case("entry", GoldenReplies.Entry, request => request.ReplyEntry(Entry()));
        yield return Case("negative entry", GoldenReplies.NegativeEntry, request =>
        {
            var entry = new FuseEntryOut();
            entry.SetEntryTimeout(TimeSpan.FromSeconds(5));
            request.ReplyEntry(in entry);
        });
        yield return Case("attr", GoldenReplies.Attr, request => request.ReplyAttr(Attr()));
        yield return Case("statx", GoldenReplies.Statx, request => request.ReplyStatx(Attr()));
        yield return Case("ok", GoldenReplies.Ok, request => request.ReplyOk());
        yield return Case("open", GoldenReplies.Open, request => request.ReplyOpen(new FuseOpenOut { Fh = 9, OpenFlags = 2 }));
        yield return Case("read", GoldenReplies.Read, ReplyInTwoSlices);
        yield return Case("readdir", GoldenReplies.ReadDir, request =>
        {
            byte[] buffer = new byte[4096];
            var writer = new DirentWriter(buffer);
            writer.TryAdd(0x31, 1, 8, "a.jpg"u8);
            writer.TryAdd(0x32, 2, 4, "n0123456"u8);
            request.ReplyBytes(buffer.AsSpan(0, writer.Length));
        });
        yield return Case("readdirplus", GoldenReplies.ReadDirPlus, request =>
        {
            byte[] buffer = new byte[4096];
            var writer = new DirentWriter(buffer);
            writer.TryAddPlus(Entry(), 0x31, 1, 8, "a.jpg"u8);
            writer.TryAddPlus(Entry(), 0x32, 2, 4, "n0123456"u8);
            request.ReplyBytes(buffer.AsSpan(0, writer.Length));
        });
        yield return Case("statfs", GoldenReplies.StatFs, request => request.ReplyStatFs(new FuseKStatFs
        {
            Blocks = 1,
            Bfree = 2,
            Bavail = 3,
            Files = 4,
            Ffree = 5,
            Bsize = 4096,
            Namelen = 255,
            Frsize = 512,
        }));
        yield return Case("xattr size", GoldenReplies.XattrSize, request => request.ReplyXattrSize(12));
        yield return Case("bytes", GoldenReplies.Bytes, request => request.ReplyBytes("a/b.jpg"u8));
        yield return Case("lseek", GoldenReplies.Lseek, request => request.ReplyLseek(8192));
        yield return Case("error", GoldenReplies.Eros, request => request.ReplyError(Errno.EROFS));
    }

    [TestCaseSource(nameof(Replies))]
    public async Task An_answer_leaves_as_these_bytes(byte[] expected, Action<FuseRequest> answer)
    {
        await using RawSession raw = await RawSession.StartAsync(session => session.FileSystem.Answer = request =>
        {
            answer(request);
            Assert.That(request.IsAnswered);
            return ValueTask.CompletedTask;
        });
        // Which operation it is does not matter to the bytes of its answer.
        Assert.That(Convert.ToHexString(await raw.AskAsync(GoldenRequests.StatFs)), Is.EqualTo(Convert.ToHexString(expected)));
        Assert.That(raw.Log.AtLeast(Microsoft.Extensions.Logging.LogLevel.Warning), Is.Empty);
    }

    private static TestCaseData Case(string name, byte[] expected, Action<FuseRequest> answer) =>
        new TestCaseData(expected, answer).SetArgDisplayNames(name);

    private static FuseEntryOut Entry()
    {
        var entry = new FuseEntryOut { NodeId = 77, Generation = 5, Attr = _attr };
        entry.SetEntryTimeout(TimeSpan.FromSeconds(60.5));
        entry.SetAttrTimeout(TimeSpan.FromSeconds(61.25));
        return entry;
    }

    private static FuseAttrOut Attr()
    {
        var attr = new FuseAttrOut { Attr = _attr };
        attr.SetAttrTimeout(TimeSpan.FromSeconds(61.25));
        return attr;
    }

    private static unsafe void ReplyInTwoSlices(FuseRequest request)
    {
        byte* bytes = stackalloc byte[] { 0, 1, 2, 3, 4, 5, 6, 7 };
        request.ReplyRead(new FuseReadIn { Offset = 92, Size = 4096 }, 100, [new FuseSlice(bytes, 3), new FuseSlice(bytes + 3, 5)]);
    }
}
