using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>What happens between tries, on a clock that the tests move.</summary>
internal sealed class RetryTests
{
    private static readonly ListPageRequest _list = new() { Prefix = new ObjectKey("p/") };

    [TestCase(500, "InternalError")]
    [TestCase(502, "")]
    [TestCase(503, "SlowDown")]
    [TestCase(504, "")]
    [TestCase(429, "TooManyRequests")]
    [TestCase(408, "")]
    [TestCase(400, "RequestTimeout")]
    [TestCase(200, "SlowDown")]
    [CancelAfter(10_000)]
    public async Task What_passes_is_asked_again(int status, string code, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new StubHandler((_, index) => index is > 0 and < 4 ? StubHandler.Error((HttpStatusCode)status, code) : StubHandler.EmptyPage());
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken);
        await time.AdvanceUntilAsync(store.ListPageAsync(_list, cancellationToken).AsTask(), Stores.LongestWait, cancellationToken);
        Assert.That(store.Statistics, Is.EqualTo(new ObjectStoreStatistics(0, 0, Lists: 5, Retries: 3, 0)));
    }

    [Test, CancelAfter(10_000)]
    public async Task Throttling_is_given_up_at_the_deadline(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new StubHandler((_, index) => index == 0 ? StubHandler.EmptyPage() : StubHandler.Error(HttpStatusCode.ServiceUnavailable, "SlowDown", ("x-amz-request-id", "R7")));
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken);
        DateTimeOffset start = time.GetUtcNow();
        ObjectStoreException? failure = null;
        try
        {
            await time.AdvanceUntilAsync(store.ListPageAsync(_list, cancellationToken).AsTask(), Stores.LongestWait, cancellationToken);
        }
        catch (ObjectStoreException exception)
        {
            failure = exception;
        }
        Assert.That(failure!.Failure, Is.EqualTo(ObjectStoreFailure.Unavailable));
        Assert.That((failure.Status, failure.Code, failure.RequestId), Is.EqualTo((503, "SlowDown", "R7")));
        // The last try is made when there is just time for it: 1 s before the deadline.
        Assert.That(time.GetUtcNow() - start, Is.InRange(TimeSpan.FromSeconds(299), TimeSpan.FromSeconds(300)));
        // 300 s at 5 s a wait on average.
        Assert.That(store.Statistics.Retries, Is.InRange(40, 110));
    }

    [Test, CancelAfter(10_000)]
    public async Task The_store_may_ask_for_a_longer_wait(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new StubHandler((_, index) => index == 1 ? StubHandler.Error(HttpStatusCode.ServiceUnavailable, "SlowDown", ("Retry-After", "7")) : StubHandler.EmptyPage());
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken);
        DateTimeOffset start = time.GetUtcNow();
        await time.AdvanceUntilAsync(store.ListPageAsync(_list, cancellationToken).AsTask(), Stores.LongestWait, cancellationToken);
        // Never earlier than it asked for, and not in the moment in which everybody else comes back.
        Assert.That(time.GetUtcNow() - start, Is.GreaterThan(TimeSpan.FromSeconds(7)).And.LessThanOrEqualTo(TimeSpan.FromSeconds(10.5)));
    }

    private static IEnumerable<Exception> Breaks()
    {
        yield return new HttpRequestException(HttpRequestError.ConnectionError, "refused", new SocketException((int)SocketError.ConnectionRefused));
        yield return new HttpRequestException(HttpRequestError.NameResolutionError, "unknown host");
        yield return new HttpIOException(HttpRequestError.ResponseEnded, "ended");
        yield return new IOException("reset", new SocketException((int)SocketError.ConnectionReset));
        // As the handler reports that its connect timed out.
        yield return new TaskCanceledException("connect", new TimeoutException());
    }

    [TestCaseSource(nameof(Breaks)), CancelAfter(10_000)]
    public async Task A_broken_connection_is_tried_again(object broken, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new StubHandler((_, index) => index == 1 ? throw (Exception)broken : StubHandler.EmptyPage());
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken);
        await time.AdvanceUntilAsync(store.ListPageAsync(_list, cancellationToken).AsTask(), Stores.LongestWait, cancellationToken);
        Assert.That(handler.Addresses, Has.Count.EqualTo(3));
    }

    [TestCase(HttpStatusCode.Forbidden, "AccessDenied", ObjectStoreFailure.AccessDenied)]
    [TestCase(HttpStatusCode.NotFound, "NoSuchBucket", ObjectStoreFailure.NoSuchBucket)]
    [TestCase(HttpStatusCode.BadRequest, "InvalidArgument", ObjectStoreFailure.Rejected)]
    [TestCase(HttpStatusCode.NotImplemented, "NotImplemented", ObjectStoreFailure.Rejected)]
    [TestCase(HttpStatusCode.PreconditionFailed, "PreconditionFailed", ObjectStoreFailure.PreconditionFailed)]
    [TestCase(HttpStatusCode.OK, "Strange", ObjectStoreFailure.Malformed)]
    [CancelAfter(10_000)]
    public async Task What_stays_is_told_at_once(HttpStatusCode status, string code, ObjectStoreFailure failure, CancellationToken cancellationToken)
    {
        var handler = new StubHandler((_, index) => index == 0 ? StubHandler.EmptyPage() : StubHandler.Error(status, code));
        await using S3ObjectStore store = await OpenAsync(handler, new FakeTimeProvider(), cancellationToken);
        Assert.That(
            async () => await store.ListPageAsync(_list, cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(failure).And.Property("Code").EqualTo(code));
        Assert.That(handler.Addresses, Has.Count.EqualTo(2));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_wait_between_tries_can_be_cancelled(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new StubHandler((_, index) => index == 0 ? StubHandler.EmptyPage() : StubHandler.Error(HttpStatusCode.ServiceUnavailable, "SlowDown"));
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken);
        using var caller = new CancellationTokenSource();
        Task list = store.ListPageAsync(_list, caller.Token).AsTask();
        await time.WaitForTimersAsync(1, cancellationToken);
        await caller.CancelAsync();
        Assert.That(async () => await list, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test, CancelAfter(20_000)]
    public async Task A_body_that_stands_still_is_replaced_from_the_byte_where_it_stopped(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        byte[] content = WireTests.Ramp(1000);
        const string Tag = "0123456789abcdef0123456789abcdef";
        await using ScriptedServer server = Stores.Server((head, index) => index == 0
            ? ScriptedAnswer.Range(head, content, Tag).StallAfterBody(100, Task.Delay(Timeout.Infinite, cancellationToken))
            : ScriptedAnswer.Range(head, content, Tag));
        await using S3ObjectStore store = await S3ObjectStore.OpenWithAsync(
            Stores.Options(server.Url), Stores.Services with { TimeProvider = time }, cancellationToken);
        byte[] destination = new byte[1000];
        var progress = new ProgressLog();
        Task read = store.ReadRangeAsync(new ObjectKey("k"), new ObjectVersion(ETag.Parse(Tag), 1000, 0), 0, destination, progress, cancellationToken).AsTask();
        await progress.WaitForAsync(100, cancellationToken);
        time.Advance(TimeSpan.FromSeconds(0.4));
        Assert.That(store.Statistics.Gets, Is.EqualTo(1));
        // The silence ends the try; the wait before the next is at most 100 ms.
        time.Advance(TimeSpan.FromSeconds(0.1));
        await time.AdvanceUntilAsync(read, TimeSpan.FromSeconds(0.1), cancellationToken);
        Assert.That(destination, Is.EqualTo(content));
        Assert.That(ScriptedAnswer.RequestedRange(server.Heads[2]), Is.EqualTo((100, 999)));
        Assert.That(store.Health.Stalls, Is.EqualTo(1));
    }

    [Test]
    public void A_last_try_that_the_deadline_cuts_short_does_not_hide_the_reason()
    {
        var time = new FakeTimeProvider();
        S3Endpoint endpoint = S3Endpoint.ForCustom(new Uri("http://127.0.0.1:1"), "bucket", "eu-west-1", pathStyle: true);
        var refused = new S3Failure { Endpoint = endpoint, Exception = new HttpRequestException("refused") };
        var silent = new S3Failure { Endpoint = endpoint, TimedOut = true };
        var course = new RetryCourse(time, TimeSpan.FromSeconds(60));
        course.BeginTry();
        using TryClock first = course.Clock(TimeSpan.FromSeconds(30), CancellationToken.None, CancellationToken.None);
        Assert.That(course.Remember(silent), Is.SameAs(silent));
        Assert.That(course.Remember(refused), Is.SameAs(refused));
        time.Advance(TimeSpan.FromSeconds(59));
        course.BeginTry();
        using TryClock last = course.Clock(TimeSpan.FromSeconds(30), CancellationToken.None, CancellationToken.None);
        Assert.That(course.Left, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(course.Remember(silent), Is.SameAs(refused));
        time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.That(last.Token.IsCancellationRequested, Is.False);
        time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.That(last.Token.IsCancellationRequested, Is.True);
    }

    [Test, CancelAfter(10_000)]
    public async Task A_connection_that_never_becomes_free_is_given_up(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var limit = new ConcurrencyLimit(1, time);
        await limit.EnterAsync(new WaitingOperation(S3OperationKind.Get), isAgain: false, TimeSpan.FromMinutes(5), cancellationToken);
        Task second = limit.EnterAsync(new WaitingOperation(S3OperationKind.List), isAgain: true, TimeSpan.FromMinutes(5), cancellationToken).AsTask();
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.That(async () => await second, Throws.InstanceOf<TimeoutException>());
        limit.Leave(S3OperationKind.Get);
        await limit.DisposeAsync();
    }

    [Test, CancelAfter(10_000)]
    public async Task A_store_in_trouble_is_named_in_the_log_once_a_minute(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var log = new WarningLog();
        var handler = new StubHandler((_, index) => index == 0 ? StubHandler.EmptyPage() : StubHandler.Error(HttpStatusCode.ServiceUnavailable, "SlowDown", ("x-amz-request-id", "ID7")));
        await using S3ObjectStore store = await S3ObjectStore.OpenWithAsync(
            Stores.Options("http://127.0.0.1:1"), Stores.Services with { TimeProvider = time, HttpHandler = handler, Logger = log, Random = new Random(1) }, cancellationToken);
        Task[] lists = [.. Enumerable.Range(0, 5).Select(_ => store.ListPageAsync(_list, cancellationToken).AsTask())];
        Assert.That(async () => await time.AdvanceUntilAsync(Task.WhenAll(lists), Stores.LongestWait, cancellationToken), Throws.InstanceOf<ObjectStoreException>());
        Assert.That(log.Lines, Has.Count.InRange(4, 5));
        Assert.That(log.Lines, Has.All.Contains("http://127.0.0.1:1 is in trouble").And.All.Contains("503 SlowDown"));
        Assert.That(log.Lines, Has.All.Contains("the last for s3://bucket/p/ with 503 SlowDown (request ID7): it is asked less now"));
    }

    [Test, CancelAfter(10_000)]
    public async Task That_a_trouble_is_over_is_said_once(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var log = new WarningLog { Least = LogLevel.Information };
        bool isDown = false;
        var handler = new StubHandler((_, _) => isDown ? StubHandler.Error(HttpStatusCode.InternalServerError, "InternalError") : StubHandler.EmptyPage());
        await using S3ObjectStore store = await S3ObjectStore.OpenWithAsync(
            Stores.Options("http://127.0.0.1:1"), Stores.Services with { TimeProvider = time, HttpHandler = handler, Logger = log, Random = new Random(1) }, cancellationToken);
        isDown = true;
        Task list = store.ListPageAsync(_list, cancellationToken).AsTask();
        while (!log.Lines.Any(line => line.Contains("is in trouble", StringComparison.Ordinal)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
        isDown = false;
        await time.AdvanceUntilAsync(list, Stores.LongestWait, cancellationToken);
        time.Advance(TimeSpan.FromSeconds(10));
        for (int i = 0; i < 3; i++)
            await store.ListPageAsync(_list, cancellationToken);
        Assert.That(log.Lines.Where(line => line.Contains("answers again; it was in trouble for", StringComparison.Ordinal)), Has.Exactly(1).Items);
    }

    [Test]
    public void Waits_grow_and_are_bounded()
    {
        var longest = new LongestWaits();
        double[] waits = [.. Enumerable.Range(0, 12).Select(attempt => RetryDelay.Next(attempt, TimeSpan.Zero, longest).TotalMilliseconds)];
        Assert.That(waits, Is.EqualTo(new double[] { 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000, 10_000, 10_000 }).Within(1));
        Assert.That(RetryDelay.Next(0, TimeSpan.FromHours(1), longest).TotalSeconds, Is.EqualTo(15).Within(0.001));
    }

    [Test]
    public void Those_who_are_told_to_come_back_do_not_come_back_together()
    {
        var random = new Random(1);
        double[] waits = [.. Enumerable.Range(0, 100).Select(_ => RetryDelay.Next(0, TimeSpan.FromSeconds(4), random).TotalSeconds)];
        Assert.That(waits, Has.All.InRange(4.0, 6.0));
        // A second of the two has room for no more than two thirds of a hundred that are spread over both.
        for (double second = 4; second < 5; second += 0.1)
            Assert.That(waits.Count(wait => wait >= second && wait < second + 1), Is.LessThan(67));
    }

    private static Task<S3ObjectStore> OpenAsync(StubHandler handler, FakeTimeProvider time, CancellationToken cancellationToken) => S3ObjectStore.OpenWithAsync(
        Stores.Options("http://127.0.0.1:1"), Stores.Services with { TimeProvider = time, HttpHandler = handler, Random = new Random(1) }, cancellationToken);

    private sealed class LongestWaits : Random
    {
        public override double NextDouble() => 0.999999;
    }
}
