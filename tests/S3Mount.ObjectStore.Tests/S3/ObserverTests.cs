using System.Net;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>What is told of each try.</summary>
internal sealed class ObserverTests
{
    private static readonly ListPageRequest _list = new() { Prefix = new ObjectKey("p/") };

    [TestCase(503, "SlowDown", S3FailureCause.Throttled)]
    [TestCase(429, "TooManyRequests", S3FailureCause.Throttled)]
    [TestCase(500, "InternalError", S3FailureCause.Server)]
    [TestCase(408, "RequestTimeout", S3FailureCause.TimedOut)]
    [CancelAfter(10_000)]
    public async Task A_try_that_fails_is_told_with_its_cause_and_the_wait_after_it(int status, string code, object cause, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var listener = new Listener();
        var handler = new StubHandler((_, index) => index == 1 ? StubHandler.Error((HttpStatusCode)status, code) : StubHandler.EmptyPage());
        await using S3ObjectStore store = await OpenAsync(handler, listener, time, cancellationToken);
        listener.Take();
        DateTimeOffset start = time.GetUtcNow();
        await time.AdvanceUntilAsync(store.ListPageAsync(_list, cancellationToken).AsTask(), Stores.LongestWait, cancellationToken);
        TimeSpan waited = time.GetUtcNow() - start;
        Assert.That(waited, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(listener.Take(), Is.EqualTo((string[])[$"List failed {cause}: {status} {code}", $"Retry waited {waited}", "List began 00:00:00", "List ended 00:00:00"]));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_failure_for_good_is_told_and_no_wait(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var listener = new Listener();
        var handler = new StubHandler((_, index) => index == 0 ? StubHandler.EmptyPage() : StubHandler.Error(HttpStatusCode.NotFound, "NoSuchKey"));
        await using S3ObjectStore store = await OpenAsync(handler, listener, time, cancellationToken);
        listener.Take();
        var version = new ObjectVersion(ETag.Parse("\"v\""), 10, 0);
        Assert.That(async () => await store.ReadRangeAsync(new ObjectKey("k"), version, 0, new byte[10], null, cancellationToken), Throws.TypeOf<ObjectStoreException>());
        Assert.That(listener.Take(), Is.EqualTo((string[])["Get failed NotFound: 404 NoSuchKey"]));
    }

    private static Task<S3ObjectStore> OpenAsync(StubHandler handler, Listener listener, FakeTimeProvider time, CancellationToken cancellationToken) => S3ObjectStore.OpenWithAsync(
        Stores.Options("http://127.0.0.1:1") with { Observer = listener }, Stores.Services with { TimeProvider = time, HttpHandler = handler, Random = new Random(1) }, cancellationToken);

    private sealed class Listener : IStoreObserver
    {
        private readonly List<string> _told = [];

        public string[] Take()
        {
            lock (_told)
            {
                string[] told = [.. _told];
                _told.Clear();
                return told;
            }
        }

        public void Began(S3OperationKind kind, TimeSpan latency) => Add($"{kind} began {latency}");

        public void Ended(S3OperationKind kind, TimeSpan elapsed) => Add($"{kind} ended {elapsed}");

        public void Failed(S3OperationKind kind, S3FailureCause cause, string reason) => Add($"{kind} failed {cause}: {reason}");

        public void Waited(S3WaitCause cause, TimeSpan elapsed) => Add($"{cause} waited {elapsed}");

        private void Add(string line)
        {
            lock (_told)
                _told.Add(line);
        }
    }
}
