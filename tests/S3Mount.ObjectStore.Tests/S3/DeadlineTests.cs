using System.Net;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>Whatever an operation waits for, it ends by one deadline, counted from its beginning.</summary>
internal sealed class DeadlineTests
{
    private const string Tag = "0123456789abcdef0123456789abcdef";

    private static readonly TimeSpan _deadline = TimeSpan.FromMinutes(5);
    private static readonly ListPageRequest _list = new() { Prefix = new ObjectKey("p/") };

    [Test, CancelAfter(10_000)]
    public async Task A_body_that_comes_a_byte_at_a_time_does_not_outlive_the_deadline([Values] bool isPage, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new StubHandler((request, index) => index == 0 ? StubHandler.EmptyPage() : Dribble(request, time));
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken);
        DateTimeOffset start = time.GetUtcNow();
        Assert.That(
            () => FakeWorld.Run(time, () => isPage ? store.ListPageAsync(_list, cancellationToken).AsTask() : ReadAsync(store, cancellationToken)),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Unavailable));
        Assert.That(time.GetUtcNow() - start, Is.InRange(_deadline - TimeSpan.FromSeconds(1), _deadline));
    }

    [Test, CancelAfter(10_000)]
    public async Task The_wait_for_a_connection_counts(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var handler = new SilentHandler();
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken, options => options with { MaxConnections = 1 });
        DateTimeOffset start = time.GetUtcNow();
        Task[] reads = [];
        Assert.That(
            () => FakeWorld.Run(time, () => Task.WhenAll(reads = [.. Enumerable.Range(0, 3).Select(_ => ReadAsync(store, cancellationToken))])),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Unavailable));
        Assert.That(reads, Has.All.Property(nameof(Task.IsFaulted)).True);
        // Who gets a connection in the last moment has a millisecond to fail by himself.
        Assert.That(time.GetUtcNow() - start, Is.InRange(_deadline - TimeSpan.FromSeconds(1), _deadline + TimeSpan.FromMilliseconds(1)));
    }

    [Test, CancelAfter(10_000)]
    public async Task The_wait_for_credentials_counts(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var source = new HungCredentials(time);
        var handler = new StubHandler((_, _) => StubHandler.EmptyPage());
        var deadline = TimeSpan.FromSeconds(10);
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken, options => options with { IoDeadline = deadline }, source);
        time.Advance(TimeSpan.FromHours(1));
        DateTimeOffset start = time.GetUtcNow();
        Task list = store.ListPageAsync(_list, cancellationToken).AsTask();
        Assert.That(await FailureOf(list, time, cancellationToken), Is.EqualTo(ObjectStoreFailure.NoCredentials));
        Assert.That(time.GetUtcNow() - start, Is.EqualTo(deadline));
    }

    [Test, CancelAfter(10_000)]
    public async Task Without_a_deadline_a_store_is_waited_for_as_long_as_it_takes(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        DateTimeOffset back = time.GetUtcNow() + TimeSpan.FromHours(3);
        var handler = new StubHandler((_, index) => index > 0 && time.GetUtcNow() < back ? StubHandler.Error(HttpStatusCode.ServiceUnavailable, "SlowDown") : StubHandler.EmptyPage());
        await using S3ObjectStore store = await OpenAsync(handler, time, cancellationToken, options => options with { IoDeadline = Timeout.InfiniteTimeSpan });
        FakeWorld.Run(time, () => store.ListPageAsync(_list, cancellationToken).AsTask());
        Assert.That(time.GetUtcNow(), Is.InRange(back, back + Stores.LongestWait));
    }

    private static HttpResponseMessage Dribble(HttpRequestMessage request, TimeProvider time)
    {
        var body = new StreamContent(new DribbleStream(time, TimeSpan.FromSeconds(0.4)));
        return request.Headers.Range is { } range
            ? StubHandler.Partial(body, Tag, (int)range.Ranges.Single().From!, 9999, 10_000)
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = body };
    }

    private static Task ReadAsync(S3ObjectStore store, CancellationToken cancellationToken) => store.ReadRangeAsync(
        new ObjectKey("k"), new ObjectVersion(ETag.Parse(Tag), 10_000, 0), 0, new byte[10_000], null, cancellationToken).AsTask();

    private static async Task<ObjectStoreFailure?> FailureOf(Task task, FakeTimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await time.AdvanceUntilAsync(task, cancellationToken);
            return null;
        }
        catch (ObjectStoreException exception)
        {
            return exception.Failure;
        }
    }

    private static Task<S3ObjectStore> OpenAsync(
        HttpMessageHandler handler, FakeTimeProvider time, CancellationToken cancellationToken, Func<S3StoreOptions, S3StoreOptions>? change = null, ICredentialSource? source = null)
    {
        S3Services services = Stores.Services with { TimeProvider = time, HttpHandler = handler, Random = new Random(1) };
        S3StoreOptions options = Stores.Options("http://127.0.0.1:1");
        return S3ObjectStore.OpenWithAsync(change?.Invoke(options) ?? options, source is null ? services : services with { CredentialSource = source }, cancellationToken);
    }

    /// <summary>Good for a minute, and never to be had again.</summary>
    private sealed class HungCredentials(TimeProvider time) : ICredentialSource
    {
        private bool _isGiven;

        public Task<AwsCredentials> FetchAsync(bool anew, CancellationToken cancellationToken)
        {
            if (_isGiven)
                return new TaskCompletionSource<AwsCredentials>().Task;
            _isGiven = true;
            return Task.FromResult(Stores.Credentials with { ExpiresAt = time.GetUtcNow() + TimeSpan.FromMinutes(1) });
        }
    }
}
