using Microsoft.Extensions.Logging.Abstractions;
using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>A request that is answered at once costs nothing on the managed heap.</summary>
[CancelAfter(60_000)]
public sealed class AllocationTests
{
    private const int Rounds = 1_000;

    private static IEnumerable<TestCaseData> Requests()
    {
        yield return new TestCaseData(GoldenRequests.Read).SetArgDisplayNames("READ");
        yield return new TestCaseData(GoldenRequests.Lookup).SetArgDisplayNames("LOOKUP");
        yield return new TestCaseData(GoldenRequests.GetAttr).SetArgDisplayNames("GETATTR");
        yield return new TestCaseData(GoldenRequests.Open).SetArgDisplayNames("OPEN");
        yield return new TestCaseData(GoldenRequests.BatchForget).SetArgDisplayNames("BATCH_FORGET");
    }

    [TestCaseSource(nameof(Requests))]
    public async Task A_hit_allocates_nothing(byte[] request)
    {
        var device = new ReplayDevice(request, Rounds);
        await using var session = new FuseSession(device, new HitFileSystem(), new FuseSessionOptions { ReaderThreads = 1 }, NullLogger.Instance);
        await session.StartAsync(default);
        await session.Completion;
        Assert.That(device.Received, Is.EqualTo(2 * Rounds));
        Assert.That(device.AllocatedBytes, Is.Zero);
        // INIT and every round; forgets get no answer.
        bool isForget = request.AsSpan().SequenceEqual(GoldenRequests.BatchForget);
        Assert.That(device.Sent, Is.EqualTo(isForget ? 1 : 1 + 2 * Rounds));
    }

    /// <summary>INIT, then one request over and over: one half to warm up, one half to be measured, on the reader's own thread.</summary>
    private sealed class ReplayDevice(byte[] request, int rounds) : IFuseDevice
    {
        private long _start;
        private bool _isInitialized;

        public int Received { get; private set; }

        public int Sent { get; private set; }

        public long AllocatedBytes { get; private set; } = -1;

        public Errno Receive(Span<byte> buffer, bool isQuiet, out int length)
        {
            ReadOnlySpan<byte> next = _isInitialized ? request : GoldenInit.Init618Request;
            length = 0;
            if (Received == 2 * rounds)
            {
                AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - _start;
                return Errno.ENODEV;
            }
            if (_isInitialized && Received++ == rounds)
                _start = GC.GetAllocatedBytesForCurrentThread();
            _isInitialized = true;
            next.CopyTo(buffer);
            length = next.Length;
            return 0;
        }

        public Errno Send(ReadOnlySpan<FuseSlice> message)
        {
            Sent++;
            return 0;
        }

        public void Close()
        {
        }

        public void Dispose()
        {
        }
    }
}
