using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;
using S3Mount.Testing.Fuse;

namespace S3Mount.Fuse.Tests.Session;

[CancelAfter(60_000)]
public sealed class SessionTests
{
    private static readonly byte[] _content = [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i % 251))];

    private readonly MemoryFileSystem _tree = new(new Dictionary<string, byte[]>
    {
        ["a.txt"] = _content,
        ["d/b.bin"] = [1, 2, 3],
        ["d/e/"] = [],
        ["empty"] = [],
    });

    [Test]
    public async Task The_device_is_told_whether_somebody_waits_for_an_answer()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawSession raw = await RawSession.StartAsync(session => session.FileSystem.Answer = async request =>
        {
            await goOn.Task;
            request.ReplyLseek(8192);
        });
        Task<byte[]> answer = raw.AskAsync(GoldenRequests.Lseek);
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 1 && raw.Device.IsIdle(1));
        Assert.That(raw.Device.IsQuiet, Is.False);
        goOn.SetResult();
        await answer;
        await Eventually.TrueAsync(() => raw.Session.Statistics.InFlight == 0);
        await raw.AskAsync(GoldenRequests.Interrupt);
        await Eventually.TrueAsync(() => raw.Device.IsIdle(1));
        Assert.That(raw.Device.IsQuiet, Is.True);
    }

    [Test]
    public async Task Lookups_attributes_and_bytes_arrive()
    {
        await using FakeKernel kernel = await FakeKernel.StartAsync(_tree);
        FakeReply<FuseEntryOut> entry = await kernel.LookupAsync(NodeId.Root, "a.txt");
        var node = new NodeId(entry.Required.NodeId);
        FakeReply<FuseAttrOut> attr = await kernel.GetAttrAsync(node);
        FakeReply<byte[]> bytes = await kernel.ReadAsync(node, 100, 4096);
        FakeReply<byte[]> end = await kernel.ReadAsync(node, 9_000, 4096);
        FakeReply<byte[]> past = await kernel.ReadAsync(node, 10_000, 4096);

        Assert.That(node, Is.EqualTo(_tree.NodeOf("a.txt")));
        Assert.That(entry.Value.Attr.Size, Is.EqualTo(10_000));
        Assert.That(attr.Required.Attr.Mode, Is.EqualTo(0x8124)); // 0100444
        Assert.That(bytes.Required, Is.EqualTo(_content[100..4196]));
        Assert.That(end.Required, Is.EqualTo(_content[9_000..]));
        Assert.That(past.Required, Is.Empty);
        Assert.That(kernel.Violations, Is.Empty);
    }

    [Test]
    public async Task A_missing_name_is_ENOENT()
    {
        await using FakeKernel kernel = await FakeKernel.StartAsync(_tree);
        Assert.That((await kernel.LookupAsync(NodeId.Root, "nothing")).Error, Is.EqualTo(Errno.ENOENT));
    }

    [Test]
    public async Task Directories_list_in_answers_of_any_size([Values(false, true)] bool plus, [Values(192u, 4096u)] uint size)
    {
        await using FakeKernel kernel = await FakeKernel.StartAsync(_tree);
        IReadOnlyList<FakeDirent> entries = await kernel.ListAsync(_tree.NodeOf("d"), plus, size);
        Assert.That(entries.Select(entry => entry.Name), Is.EqualTo(new[] { ".", "..", "b.bin", "e" }));
        Assert.That(entries.Select(entry => entry.Type), Is.EqualTo(new uint[] { 4, 4, 8, 4 }));
        Assert.That(entries[2].Entry?.Attr.Size, Is.EqualTo(plus ? 3ul : null));
        Assert.That(kernel.Violations, Is.Empty);
    }

    [Test]
    public async Task Lookups_and_forgets_balance()
    {
        await using FakeKernel kernel = await FakeKernel.StartAsync(_tree);
        NodeId file = _tree.NodeOf("a.txt");
        NodeId directory = _tree.NodeOf("d");
        await kernel.LookupAsync(NodeId.Root, "a.txt");
        await kernel.LookupAsync(NodeId.Root, "a.txt");
        await kernel.ListAsync(NodeId.Root, plus: true);
        Assert.That(_tree.Lookups[file.Value], Is.EqualTo(3).And.EqualTo(kernel.Lookups[file.Value]));

        kernel.Forget(file, 2);
        kernel.BatchForget((file, 1ul), (directory, 1ul));
        await kernel.SyncAsync();
        Assert.That(_tree.Lookups[file.Value], Is.Zero);
        Assert.That(_tree.Lookups[directory.Value], Is.Zero);
        Assert.That(kernel.Violations, Is.Empty);
    }

    [Test]
    public async Task Requests_that_wait_do_not_hold_a_reader()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _tree.Gate = (opcode, _) => opcode == FuseOpcode.Read ? gate.Task : null;
        await using FakeKernel kernel = await FakeKernel.StartAsync(_tree, new FuseSessionOptions { ReaderThreads = 1 });
        Task<FakeReply<byte[]>>[] reads = [.. Enumerable.Range(0, 100).Select(i => kernel.ReadAsync(_tree.NodeOf("a.txt"), (ulong)i, 10))];
        Assert.That((await kernel.LookupAsync(NodeId.Root, "d")).IsOk);
        Assert.That(kernel.Session.Statistics.InFlight, Is.EqualTo(100));
        gate.SetResult();
        for (int i = 0; i < reads.Length; i++)
            Assert.That((await reads[i]).Required, Is.EqualTo(_content[i..(i + 10)]));
        Assert.That(kernel.Session.Statistics.Count(FuseOpcode.Read), Is.EqualTo(100));
        Assert.That(kernel.Session.Statistics.Requests, Is.EqualTo(102)); // INIT and LOOKUP
    }

    [Test]
    public async Task An_unmount_ends_the_session_and_destroys_the_file_system_once()
    {
        await using FakeKernel kernel = await FakeKernel.StartAsync(_tree);
        await kernel.UnmountAsync();
        await kernel.Session.DisposeAsync();
        await kernel.Session.DisposeAsync();
        Assert.That(_tree.Destroyed, Is.EqualTo(1));
        Assert.That(kernel.Device.IsDisposed);
    }

    [Test]
    public async Task An_abort_is_a_normal_end()
    {
        await using FakeKernel kernel = await FakeKernel.StartAsync(_tree);
        kernel.Abort();
        await kernel.Session.Completion;
        Assert.That(_tree.Destroyed, Is.EqualTo(1));
    }
}
