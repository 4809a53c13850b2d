using S3Mount.Fuse.Tests.Protocol;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>The bytes of each request reach the file system as the values that they stand for.</summary>
[CancelAfter(60_000)]
public sealed class GoldenRequestTests
{
    private static IEnumerable<TestCaseData> Requests()
    {
        yield return new(GoldenRequests.Lookup, "LOOKUP 1 'img 1.jpg'");
        yield return new(GoldenRequests.GetAttr, "GETATTR 77");
        yield return new(GoldenRequests.Statx, "STATX 77");
        yield return new(GoldenRequests.Access, "ACCESS 77 4");
        yield return new(GoldenRequests.Open, "OPEN 77 8000");
        yield return new(GoldenRequests.Read, "READ 77 fh 9 offset 4294967296 size 4096");
        yield return new(GoldenRequests.Flush, "FLUSH 77 9");
        yield return new(GoldenRequests.Release, "RELEASE 77 9");
        yield return new(GoldenRequests.OpenDir, "OPENDIR 77 18800");
        yield return new(GoldenRequests.ReadDir, "READDIR 77 fh 9 offset 4294967296 size 4096");
        yield return new(GoldenRequests.ReadDirPlus, "READDIRPLUS 77 fh 9 offset 4294967296 size 4096");
        yield return new(GoldenRequests.ReleaseDir, "RELEASEDIR 77 9");
        yield return new(GoldenRequests.StatFs, "STATFS 1");
        yield return new(GoldenRequests.GetXattr, "GETXATTR 77 'user.s3.key' 128");
        yield return new(GoldenRequests.ListXattr, "LISTXATTR 77 0");
        yield return new(GoldenRequests.Lseek, "LSEEK 77 4096 4");
    }

    [TestCaseSource(nameof(Requests))]
    public async Task A_request_is_understood(byte[] request, string call)
    {
        (uint, uint, uint) caller = default;
        await using RawSession raw = await RawSession.StartAsync(session => session.FileSystem.Answer = asked =>
        {
            caller = (asked.Uid, asked.Gid, asked.Pid);
            asked.ReplyOk();
            return ValueTask.CompletedTask;
        });
        Assert.That(await raw.AskAsync(request), Is.EqualTo(GoldenReplies.Ok));
        Assert.That(raw.FileSystem.Calls, Is.EqualTo(new[] { call }));
        Assert.That(caller, Is.EqualTo((1000u, 100u, 4242u)));
    }

    [Test]
    public async Task Every_field_of_a_read_arrives()
    {
        await using RawSession raw = await RawSession.StartAsync();
        await raw.AskAsync(GoldenRequests.Read);

        Assert.That((raw.FileSystem.LastRead.ReadFlags, raw.FileSystem.LastRead.LockOwner, raw.FileSystem.LastRead.Flags),
            Is.EqualTo((2u, 0xabcul, 0x8000u)));
    }

    [Test]
    public async Task Forgets_are_heard_and_not_answered()
    {
        await using RawSession raw = await RawSession.StartAsync();
        Assert.That(await raw.TellAsync(GoldenRequests.Forget, GoldenRequests.BatchForget), Is.Empty);
        Assert.That(raw.FileSystem.Calls, Is.EqualTo(new[] { "FORGET 77 3", "FORGET 77 3", "FORGET 78 1" }));
    }

    [Test]
    public async Task Destroy_is_answered_without_ending_the_session()
    {
        await using RawSession raw = await RawSession.StartAsync();
        Assert.That(await raw.AskAsync(GoldenRequests.Destroy), Is.EqualTo(GoldenReplies.Ok));
        Assert.That(await raw.AskAsync(GoldenRequests.StatFs), Is.EqualTo(GoldenReplies.Ok));
        Assert.That(raw.FileSystem.Destroyed, Is.Zero);
        await raw.Session.DisposeAsync();
        Assert.That(raw.FileSystem.Destroyed, Is.EqualTo(1));
    }

    [Test]
    public async Task Extensions_at_the_end_are_left_alone()
    {
        // LOOKUP with 16 bytes of extensions: total_extlen 2, and a name that ends before them.
        byte[] message = Wire.Resized(GoldenRequests.Lookup, GoldenRequests.Lookup.Length + 16);
        message.AsSpan(GoldenRequests.Lookup.Length).Fill(0x41);
        await using RawSession raw = await RawSession.StartAsync();
        Assert.That(await raw.AskAsync(Wire.With(message, 36, 2, 0)), Is.EqualTo(GoldenReplies.Ok));
        Assert.That(raw.FileSystem.Calls, Is.EqualTo(new[] { "LOOKUP 1 'img 1.jpg'" }));
    }
}
