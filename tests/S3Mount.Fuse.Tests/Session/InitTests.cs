using Microsoft.Extensions.Logging.Abstractions;
using Mono.Unix.Native;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;
using S3Mount.Testing.Fuse;

namespace S3Mount.Fuse.Tests.Session;

[CancelAfter(60_000)]
public sealed class InitTests
{
    private static IEnumerable<TestCaseData> Kernels()
    {
        yield return new TestCaseData(GoldenInit.Init54Request, GoldenInit.Init54Reply, 31, false).SetArgDisplayNames("Linux 5.4");
        yield return new TestCaseData(GoldenInit.Init61Request, GoldenInit.Init61Reply, 37, false).SetArgDisplayNames("Linux 6.1");
        yield return new TestCaseData(GoldenInit.Init69Request, GoldenInit.Init69Reply, 40, true).SetArgDisplayNames("Linux 6.9");
        yield return new TestCaseData(GoldenInit.Init618Request, GoldenInit.Init618Reply, 45, true).SetArgDisplayNames("Linux 6.18");
    }

    [TestCaseSource(nameof(Kernels))]
    public async Task A_kernel_gets_what_it_offers_and_no_more(byte[] request, byte[] expected, int minor, bool expireOnly)
    {
        var device = new FakeFuseDevice();
        var fileSystem = new ScriptedFileSystem();
        device.Enqueue(request);
        await using var session = new FuseSession(device, fileSystem, new FuseSessionOptions(), NullLogger.Instance);
        await session.StartAsync(default);
        Assert.That(Convert.ToHexString(await device.TakeAsync()), Is.EqualTo(Convert.ToHexString(expected)));
        FuseConnection connection = fileSystem.Connection!;
        Assert.That((connection.Minor, connection.NoOpen, connection.NoOpenDir, connection.ExpireOnly, connection.MaxRead),
            Is.EqualTo((minor, true, true, expireOnly, 1 << 20)));
    }

    [Test]
    public async Task Options_take_flags_away_and_lower_the_readahead()
    {
        await using FakeKernel kernel = await FakeKernel.StartAsync(new ScriptedFileSystem(),
            new FuseSessionOptions { AsyncRead = false, ZeroMessageOpens = false, ReadDirPlusAuto = false, MaxReadahead = 65536 });
        const uint AsyncRead = 1 << 0;
        const uint ReadDirPlusAuto = 1 << 14;
        const uint NoOpen = 1 << 17;
        const uint NoOpenDir = 1 << 24;
        Assert.That(kernel.InitFlags & (AsyncRead | ReadDirPlusAuto | NoOpen | NoOpenDir), Is.Zero);
        Assert.That(kernel.MaxReadahead, Is.EqualTo(65536));
    }

    [Test]
    public async Task Asynchronous_direct_reads_and_write_caching_are_never_asked_for()
    {
        await using FakeKernel kernel = await FakeKernel.StartAsync(new ScriptedFileSystem());
        Assert.That(kernel.InitFlags & ((1 << 15) | (1 << 16)), Is.Zero);
    }

    [Test]
    public async Task A_newer_major_is_told_ours_and_asked_again()
    {
        var device = new FakeFuseDevice();
        await using var session = new FuseSession(device, new ScriptedFileSystem(), new FuseSessionOptions(), NullLogger.Instance);
        Task started = session.StartAsync(default);
        device.Enqueue(Wire.With(GoldenInit.Init618Request, 40, 8));
        byte[] first = await device.TakeAsync();
        Assert.That((RawSession.ErrorOf(first), BitConverter.ToUInt32(first, 16), started.IsCompleted), Is.EqualTo(((Errno)0, 7u, false)));
        device.Enqueue(GoldenInit.Init618Request);
        Assert.That(await device.TakeAsync(), Is.EqualTo(GoldenInit.Init618Reply));
        await started;
    }

    [TestCase(7, 30)]
    [TestCase(7, 12)]
    [TestCase(6, 99)]
    public async Task An_older_kernel_is_refused_by_name(int major, int minor)
    {
        var device = new FakeFuseDevice();
        var fileSystem = new ScriptedFileSystem();
        await using var session = new FuseSession(device, fileSystem, new FuseSessionOptions(), NullLogger.Instance);
        device.Enqueue(Wire.With(GoldenInit.Init54Request, 40, (byte)major, 0, 0, 0, (byte)minor));
        Assert.That(async () => await session.StartAsync(default), Throws.TypeOf<FuseException>()
            .With.Property("Failure").EqualTo(FuseFailure.Protocol)
            .And.Message.Contains($"{major}.{minor}").And.Message.Contains("7.31").And.Message.Contains("Linux 5.4 or newer is needed"));
        Assert.That(RawSession.ErrorOf(await device.TakeAsync()), Is.EqualTo(Errno.EPROTO));
        await session.Completion;
        Assert.That(fileSystem.Destroyed, Is.Zero, "what was not initialised is not destroyed");
        Assert.That(device.IsDisposed);
    }

    [Test]
    public async Task Messages_before_INIT_and_a_short_INIT_are_refused_and_waited_out()
    {
        await using RawSession raw = await RawSession.StartAsync(session =>
        {
            session.Device.Enqueue(new byte[4]);
            session.Device.Enqueue(GoldenRequests.Lookup);
            session.Device.Enqueue(Wire.Resized(GoldenInit.Init54Request, 40 + 12));
        });
        // The first answer, to LOOKUP, was taken by StartAsync.
        Assert.That(RawSession.ErrorOf(await raw.Device.TakeAsync()), Is.EqualTo(Errno.EINVAL));
        Assert.That(await raw.Device.TakeAsync(), Is.EqualTo(GoldenInit.Init618Reply));
        Assert.That(raw.FileSystem.Calls, Is.Empty);
    }

    [Test]
    public async Task A_longer_INIT_of_a_newer_kernel_is_understood()
    {
        await using RawSession raw = await RawSession.StartAsync(
            init: Wire.Resized(Wire.With(GoldenInit.Init618Request, 44, 99), 40 + 128));
        Assert.That(raw.FileSystem.Connection!.Minor, Is.EqualTo(45));
    }

    [Test]
    public async Task A_file_system_that_cannot_start_fails_the_start()
    {
        var device = new FakeFuseDevice();
        var fileSystem = new ScriptedFileSystem { Initializing = _ => throw new InvalidOperationException("no") };
        await using var session = new FuseSession(device, fileSystem, new FuseSessionOptions(), NullLogger.Instance);
        device.Enqueue(GoldenInit.Init618Request);
        Assert.That(async () => await session.StartAsync(default), Throws.InvalidOperationException);
        Assert.That(RawSession.ErrorOf(await device.TakeAsync()), Is.EqualTo(Errno.EIO));
    }

    [Test]
    public async Task A_connection_that_ends_before_INIT_fails_the_start()
    {
        var device = new FakeFuseDevice();
        await using var session = new FuseSession(device, new ScriptedFileSystem(), new FuseSessionOptions(), NullLogger.Instance);
        Task started = session.StartAsync(default);
        device.End(Errno.ENODEV);
        Assert.That(async () => await started, Throws.TypeOf<FuseException>().With.Property("Failure").EqualTo(FuseFailure.Protocol));
        await session.Completion;
    }

    [Test]
    public async Task A_start_that_is_cancelled_closes_the_device()
    {
        var device = new FakeFuseDevice();
        await using var session = new FuseSession(device, new ScriptedFileSystem(), new FuseSessionOptions(), NullLogger.Instance);
        using var cancellation = new CancellationTokenSource();
        Task started = session.StartAsync(cancellation.Token);
        await cancellation.CancelAsync();
        Assert.That(async () => await started, Throws.InstanceOf<OperationCanceledException>());
        await session.Completion;
        Assert.That(device.IsDisposed);
    }

    [Test]
    public async Task A_session_that_was_never_started_is_disposed()
    {
        var device = new FakeFuseDevice();
        await using (var session = new FuseSession(device, new ScriptedFileSystem(), new FuseSessionOptions(), NullLogger.Instance))
            Assert.That(session.Completion.IsCompleted, Is.False);
        Assert.That(device.IsDisposed);
    }
}
