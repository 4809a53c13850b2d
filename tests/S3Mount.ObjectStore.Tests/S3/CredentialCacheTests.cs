using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>How often a source of credentials is asked, and what becomes of those who wait for it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CredentialCacheTests : IDisposable
{
    private static readonly AwsCredentials _old = new("OLD", "s", null);
    private static readonly AwsCredentials _new = new("NEW", "s", null);

    private readonly FakeTimeProvider _time = new();
    private readonly WarningLog _log = new();
    private readonly Source _source = new();
    private readonly CredentialCache _cache;

    public CredentialCacheTests() => _cache = new CredentialCache(_source, _time, _log, new Random(1));

    public void Dispose() => _cache.Dispose();

    [Test, CancelAfter(20_000)]
    public async Task However_many_ask_a_source_that_fails_is_asked_seldom(CancellationToken cancellationToken)
    {
        _source.Answer = () => throw new ObjectStoreException(ObjectStoreFailure.NoCredentials, "gone");
        for (int second = 0; second < 120; second++)
        {
            for (int reader = 0; reader < 8; reader++)
                Assert.ThrowsAsync<ObjectStoreException>(async () => await _cache.GetAsync(cancellationToken));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        // Two minutes at five to ten seconds each, and the four shorter pauses at the beginning.
        Assert.That(_source.Fetches, Is.InRange(12, 28));
        _source.Answer = () => _new;
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(await _cache.GetAsync(cancellationToken), Is.EqualTo(_new));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_call_that_hangs_is_waited_for_and_not_begun_beside_others(CancellationToken cancellationToken)
    {
        var hanging = new TaskCompletionSource<AwsCredentials>();
        _source.Pending = hanging.Task;
        for (int minute = 0; minute < 4; minute++)
        {
            Task<AwsCredentials?> waiting = _cache.GetAsync(cancellationToken).AsTask();
            Assert.ThrowsAsync<ObjectStoreException>(() => _time.AdvanceUntilAsync(waiting, TimeSpan.FromSeconds(30), cancellationToken));
            _time.Advance(TimeSpan.FromSeconds(20));
        }
        Assert.That(_source.Fetches, Is.EqualTo(1));
        _source.Answer = () => _new;
        _source.Pending = null;
        hanging.SetResult(_new);
        Assert.That(await _cache.GetAsync(cancellationToken), Is.EqualTo(_new));
    }

    [Test, CancelAfter(30_000)]
    public void Of_calls_that_hang_for_ever_there_are_few(CancellationToken cancellationToken)
    {
        _source.Pending = new TaskCompletionSource<AwsCredentials>().Task;
        for (int look = 0; look < 120; look++)
        {
            Task<AwsCredentials?> waiting = _cache.GetAsync(cancellationToken).AsTask();
            Assert.ThrowsAsync<ObjectStoreException>(() => _time.AdvanceUntilAsync(waiting, TimeSpan.FromSeconds(30), cancellationToken));
            _time.Advance(TimeSpan.FromSeconds(20));
        }
        Assert.That(_source.Fetches, Is.EqualTo(4));
    }

    [Test, CancelAfter(20_000)]
    public async Task Keys_without_an_end_are_looked_for_again_when_their_file_has_changed(CancellationToken cancellationToken)
    {
        _source.Answer = () => _old;
        Assert.That(await _cache.GetAsync(cancellationToken), Is.EqualTo(_old));
        _source.Answer = () => _new;
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(await _cache.GetAsync(cancellationToken), Is.EqualTo(_old));
        Assert.That(_source.Fetches, Is.EqualTo(1), "nothing has changed");
        _source.IsChanged = true;
        _time.Advance(TimeSpan.FromMinutes(2));
        while (await _cache.GetAsync(cancellationToken) != _new)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // It is looked for behind.
            await Task.Yield();
        }
        Assert.That(_source.Fetches, Is.EqualTo(2));
    }

    [Test, CancelAfter(20_000)]
    public async Task Those_that_come_expired_are_used_and_not_asked_for_at_each_request(CancellationToken cancellationToken)
    {
        AwsCredentials expired = _old with { ExpiresAt = _time.GetUtcNow().AddHours(-1) };
        _source.Answer = () => expired;
        for (int i = 0; i < 1000; i++)
            Assert.That(await _cache.GetAsync(cancellationToken), Is.EqualTo(expired));
        Assert.That(_source.Fetches, Is.EqualTo(1));
        _time.Advance(TimeSpan.FromSeconds(11));
        await _cache.GetAsync(cancellationToken);
        Assert.That(_source.Fetches, Is.EqualTo(2));
    }

    [Test, CancelAfter(20_000)]
    public async Task Why_requests_wait_is_said_once_a_minute(CancellationToken cancellationToken)
    {
        _source.Answer = () => _old with { ExpiresAt = _time.GetUtcNow().AddMinutes(1) };
        await _cache.GetAsync(cancellationToken);
        _source.Answer = () => throw new ObjectStoreException(ObjectStoreFailure.NoCredentials, "STS does not answer");
        _time.Advance(TimeSpan.FromMinutes(2));
        for (int second = 0; second < 170; second++)
        {
            Assert.ThrowsAsync<ObjectStoreException>(async () => await _cache.GetAsync(cancellationToken));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.That(_log.Lines, Has.Count.EqualTo(3).And.All.Contains("requests wait for them until the deadline: STS does not answer"));
    }

    private sealed class Source : ICredentialSource
    {
        private int _fetches;

        public int Fetches => Volatile.Read(ref _fetches);

        public Func<AwsCredentials> Answer { get; set; } = () => _old;

        public Task<AwsCredentials>? Pending { get; set; }

        public bool IsChanged { get; set; }

        public bool HasChanged() => IsChanged;

        public Task<AwsCredentials> FetchAsync(bool anew, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _fetches);
            IsChanged = false;
            return Pending ?? Task.FromResult(Answer());
        }
    }
}
