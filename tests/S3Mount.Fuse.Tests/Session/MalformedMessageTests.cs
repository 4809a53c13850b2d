using Microsoft.Extensions.Logging;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Tests.Protocol;
using S3Mount.Testing.Fuse;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>Messages that make no sense are answered where they can be, and never end a reader.</summary>
[CancelAfter(60_000)]
public sealed class MalformedMessageTests
{
    [TestCase(0)]
    [TestCase(3)]
    [TestCase(15)]
    public async Task A_message_without_a_unique_is_dropped(int length)
    {
        await using RawSession raw = await RawSession.StartAsync();
        Assert.That(await raw.TellAsync(new byte[length]), Is.Empty);
        Assert.That(raw.Log.AtLeast(LogLevel.Warning).Count(), Is.EqualTo(1));
        await AssertAliveAsync(raw);
    }

    [TestCase(16)]
    [TestCase(24)]
    [TestCase(39)]
    public async Task A_message_shorter_than_its_header_gets_EINVAL(int length)
    {
        await using RawSession raw = await RawSession.StartAsync();
        byte[] answer = await raw.AskAsync(Wire.Resized(GoldenRequests.Lookup, length));
        Assert.That((RawSession.ErrorOf(answer), RawSession.UniqueOf(answer), answer.Length), Is.EqualTo((Errno.EINVAL, 0x1234ul, 16)));
        await AssertAliveAsync(raw);
    }

    [TestCase(49u)]
    [TestCase(51u)]
    [TestCase(0u)]
    [TestCase(uint.MaxValue)]
    public async Task A_length_that_lies_gets_EINVAL(uint length)
    {
        await using RawSession raw = await RawSession.StartAsync();
        byte[] answer = await raw.AskAsync(Wire.With(GoldenRequests.Lookup, 0, BitConverter.GetBytes(length)));
        Assert.That(RawSession.ErrorOf(answer), Is.EqualTo(Errno.EINVAL));
        await AssertAliveAsync(raw);
    }

    [Test]
    public async Task Extensions_longer_than_the_message_get_EINVAL()
    {
        await using RawSession raw = await RawSession.StartAsync();
        byte[] answer = await raw.AskAsync(Wire.With(GoldenRequests.Lookup, 36, 0xff, 0xff));
        Assert.That(RawSession.ErrorOf(answer), Is.EqualTo(Errno.EINVAL));
        Assert.That(raw.FileSystem.Calls, Is.Empty);
    }

    [Test]
    public async Task A_name_without_an_end_gets_EINVAL()
    {
        await using RawSession raw = await RawSession.StartAsync();
        byte[] lookup = await raw.AskAsync(Wire.Resized(GoldenRequests.Lookup, GoldenRequests.Lookup.Length - 1));
        byte[] empty = await raw.AskAsync(Wire.With(GoldenRequests.Lookup, 40, 0));
        byte[] xattr = await raw.AskAsync(Wire.Resized(GoldenRequests.GetXattr, GoldenRequests.GetXattr.Length - 1));
        Assert.That(new[] { lookup, empty, xattr }.Select(RawSession.ErrorOf), Is.All.EqualTo(Errno.EINVAL));
        Assert.That(raw.FileSystem.Calls, Is.Empty);
        await AssertAliveAsync(raw);
    }

    [Test]
    public async Task A_body_that_is_too_short_gets_EINVAL_for_every_operation()
    {
        await using RawSession raw = await RawSession.StartAsync();
        foreach (FuseOpcode opcode in Enum.GetValues<FuseOpcode>())
        {
            FuseOperation operation = FuseOperationTable.Find(opcode)!;
            if (operation.MinimumSize == 0)
                continue;
            byte[] message = FakeKernel.Request(opcode, 2, new NodeId(1), new byte[operation.MinimumSize - 1]);
            if (operation.IsAnswered)
                Assert.That(RawSession.ErrorOf(await raw.AskAsync(message)), Is.EqualTo(Errno.EINVAL), operation.Name);
            else
                Assert.That(await raw.TellAsync(message), Is.Empty, operation.Name);
        }
        Assert.That(raw.FileSystem.Calls, Is.Empty);
        await AssertAliveAsync(raw);
    }

    [Test]
    public async Task A_batch_that_names_more_than_it_holds_forgets_what_it_holds()
    {
        await using RawSession raw = await RawSession.StartAsync();
        byte[] many = Wire.With(GoldenRequests.BatchForget, 40, 0xff, 0xff, 0xff, 0xff);
        byte[] cut = Wire.Resized(GoldenRequests.BatchForget, GoldenRequests.BatchForget.Length - 1);
        Assert.That(await raw.TellAsync(many, cut), Is.Empty);
        Assert.That(raw.FileSystem.Calls, Is.EqualTo(new[] { "FORGET 77 3", "FORGET 78 1", "FORGET 77 3" }));
        Assert.That(raw.Log.AtLeast(LogLevel.Warning).Count(), Is.EqualTo(2));
        await AssertAliveAsync(raw);
    }

    [TestCase(7u)]
    [TestCase(54u)]
    [TestCase(2016u)]
    [TestCase(uint.MaxValue)]
    public async Task An_unknown_operation_gets_ENOSYS(uint opcode)
    {
        await using RawSession raw = await RawSession.StartAsync();
        byte[] answer = await raw.AskAsync(FakeKernel.Request((FuseOpcode)opcode, 4, new NodeId(1), new byte[64]));
        Assert.That(RawSession.ErrorOf(answer), Is.EqualTo(Errno.ENOSYS));
        Assert.That(raw.Session.Statistics.Count((FuseOpcode)opcode), Is.EqualTo(1));
        await AssertAliveAsync(raw);
    }

    [Test]
    public async Task The_unique_of_an_interrupt_never_gets_ENOSYS_and_unique_zero_gets_nothing()
    {
        await using RawSession raw = await RawSession.StartAsync();
        Assert.That(await raw.TellAsync(
            FakeKernel.Request((FuseOpcode)4711, 5, new NodeId(1), new byte[8]),
            FakeKernel.Request((FuseOpcode)4711, 0, new NodeId(1), new byte[8]),
            FakeKernel.Request(FuseOpcode.Interrupt, 7, new NodeId(0), [])), Is.Empty);
        await AssertAliveAsync(raw);
    }

    [Test]
    public async Task Random_messages_are_survived([Values(1, 2, 3, 4)] int seed)
    {
        var random = new Random(seed);
        await using RawSession raw = await RawSession.StartAsync();
        raw.FileSystem.Answer = request =>
        {
            // Every third operation throws, every third forgets its answer.
            if (random.Next(3) == 0)
                throw new InvalidOperationException("fuzz");
            if (random.Next(2) == 0)
                request.ReplyOk();
            return ValueTask.CompletedTask;
        };
        for (int i = 0; i < 2_000; i++)
            raw.Device.Enqueue(RandomMessage(random, i));
        await Eventually.TrueAsync(() => raw.Device.IsIdle(1));
        IReadOnlyList<byte[]> answers = raw.Device.TakeAll();
        Assert.That(answers, Is.Not.Empty);
        Assert.That(answers.Select(RawSession.UniqueOf), Is.Unique, "no message is answered twice");
        Assert.That(answers, Has.All.Matches<byte[]>(answer => BitConverter.ToInt32(answer, 0) == answer.Length));
        raw.FileSystem.Answer = request =>
        {
            request.ReplyOk();
            return ValueTask.CompletedTask;
        };
        await AssertAliveAsync(raw);
    }

    private static byte[] RandomMessage(Random random, int index)
    {
        byte[] body = new byte[random.Next(0, 120)];
        random.NextBytes(body);
        byte[] message = FakeKernel.Request((FuseOpcode)random.Next(0, 60), (ulong)(index + 1) * 2, new NodeId((ulong)random.Next(4)), body);
        if (random.Next(4) == 0)
            message = message[..random.Next(message.Length)];
        if (random.Next(8) == 0)
            message = Wire.Resized(message, message.Length);
        if (random.Next(8) == 0 && message.Length > 37)
            message[36] = (byte)random.Next(20);
        return message;
    }

    private static async Task AssertAliveAsync(RawSession raw) =>
        Assert.That(await raw.AskAsync(GoldenRequests.StatFs), Is.EqualTo(GoldenReplies.Ok));
}
