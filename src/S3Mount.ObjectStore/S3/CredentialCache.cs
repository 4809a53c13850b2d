using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The credentials that requests are signed with. A signature never waits for them while they are valid: those that expire are
/// asked for again in the background, and the source renews them before they do; those that do not are looked for again when
/// their files have changed. Any thread.
/// </summary>
internal sealed class CredentialCache : IDisposable
{
    // Sources answer from their own memory; a minute is a fraction of the five that they renew ahead of expiry.
    private static readonly TimeSpan _recheckInterval = TimeSpan.FromMinutes(1);

    // A web identity or an assumed role takes one request to STS, SSO two; a credential process may start a program. The CLI
    // gives each of its requests 60 s; a mount that says nothing for longer than half of that looks dead.
    private static readonly TimeSpan _fetchDeadline = TimeSpan.FromSeconds(30);

    // After the first search in vain, doubled after each further one, up to as long as a read waits between two tries: who comes
    // meanwhile hears of the last failure. However many wait, STS or a credential process is asked once in five to ten seconds.
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    // The SDK may hang where it heeds no token. It is waited for again and again until then: its HTTP clients give up after 100 s,
    // and try three times.
    private static readonly TimeSpan _abandonAfter = TimeSpan.FromMinutes(5);

    // Each has a thread. With so many hanging, one more would not fare better.
    private const int MaxAbandoned = 3;

    private static readonly TimeSpan _logInterval = TimeSpan.FromMinutes(1);

    private readonly ICredentialSource? _source;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Random _random;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _gate = new();
    // Guarded by _gate, but for reads of _current, _fetchedAt and _recheckAt.
    private volatile AwsCredentials? _current;
    private long _fetchedAt;
    private long _recheckAt;
    private long? _renewedAt;
    private long? _saidAt;
    private Task<AwsCredentials>? _inFlight;
    // The call of the source itself, which may outlive the fetch that began it.
    private Task<AwsCredentials>? _call;
    private long _callStartedAt;
    private int _abandoned;
    // Of the last fetch; null: it succeeded.
    private ObjectStoreException? _failure;
    private int _failures;
    private long _pausedUntil;
    private bool _isLooking;

    /// <param name="source">Null: requests are anonymous.</param>
    public CredentialCache(ICredentialSource? source, TimeProvider timeProvider, ILogger logger, Random? random = null) =>
        (_source, _time, _logger, _random) = (source, timeProvider, logger, random ?? Random.Shared);

    /// <summary>What to sign with now; null when requests are anonymous.</summary>
    /// <exception cref="ObjectStoreException">NoCredentials.</exception>
    public ValueTask<AwsCredentials?> GetAsync(CancellationToken cancellationToken)
    {
        AwsCredentials? current = _current;
        if (_source is null)
            return new ValueTask<AwsCredentials?>(current);
        // Instance metadata that cannot renew them gives those that have expired: then the store decides.
        bool hasExpired = current?.ExpiresAt <= _time.GetUtcNow();
        if (current is null || (hasExpired && _time.GetElapsedTime(Interlocked.Read(ref _fetchedAt)) >= _longestPause))
            return WaitForFetchAsync(anew: false, cancellationToken);
        if (!hasExpired && _time.GetTimestamp() >= Interlocked.Read(ref _recheckAt))
            _ = RefreshBehindAsync(current);
        return new ValueTask<AwsCredentials?>(current);
    }

    /// <summary>
    /// After the store refused <paramref name="rejected"/>: others, if there are any. At most one search a minute: when it is the
    /// policy that refuses, new credentials do not help, and a thousand denied keys must not ask STS a thousand times.
    /// </summary>
    /// <param name="hasExpired">So the store says: there will be others, and they are looked for as after a search in vain.</param>
    /// <exception cref="ObjectStoreException">NoCredentials.</exception>
    public ValueTask<AwsCredentials?> RenewAsync(AwsCredentials? rejected, bool hasExpired, CancellationToken cancellationToken)
    {
        if (_source is null || rejected is null)
            return new ValueTask<AwsCredentials?>((AwsCredentials?)null);
        lock (_gate)
        {
            bool isReplaced = _current is not null && _current != rejected;
            TimeSpan interval = hasExpired ? _longestPause : _recheckInterval;
            bool isRecent = _renewedAt is { } renewedAt && _time.GetElapsedTime(renewedAt) < interval;
            if (isReplaced || (isRecent && _inFlight is null))
                return new ValueTask<AwsCredentials?>(_current);
            _renewedAt = _time.GetTimestamp();
        }
        return WaitForFetchAsync(anew: true, cancellationToken);
    }

    /// <summary>Says, once a minute at most, why requests wait for credentials.</summary>
    public void Report(string reason)
    {
        lock (_gate)
        {
            if (_saidAt is { } saidAt && _time.GetElapsedTime(saidAt) < _logInterval)
                return;
            _saidAt = _time.GetTimestamp();
        }
        _logger.WaitingForCredentials(reason);
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private async ValueTask<AwsCredentials?> WaitForFetchAsync(bool anew, CancellationToken cancellationToken) =>
        await Fetch(anew).WaitAsync(cancellationToken);

    private async Task RefreshBehindAsync(AwsCredentials current)
    {
        try
        {
            bool anew = current.ExpiresAt is null;
            if (!anew || await HasChangedAsync())
                await Fetch(anew);
        }
        catch (Exception exception)
        {
            _logger.RefreshFailed(exception.Message);
        }
    }

    // A home directory may be on a disk that hangs: one look at a time, and on no caller's thread.
    private async Task<bool> HasChangedAsync()
    {
        lock (_gate)
        {
            if (_isLooking)
                return false;
            // Not before: a look that has begun may have seen the files as they were.
            PutOffRecheck();
            _isLooking = true;
        }
        try
        {
            return await Task.Run(_source!.HasChanged, CancellationToken.None);
        }
        finally
        {
            lock (_gate)
                _isLooking = false;
        }
    }

    // Under _gate.
    private void PutOffRecheck() =>
        Interlocked.Exchange(ref _recheckAt, _time.GetTimestamp() + (long)(_recheckInterval.TotalSeconds * _time.TimestampFrequency));

    // Single-flight: whoever comes while a fetch is under way shares it.
    private Task<AwsCredentials> Fetch(bool anew)
    {
        lock (_gate)
        {
            if (_inFlight is { } inFlight)
                return inFlight;
            if (_failure is { } failure && _time.GetTimestamp() < _pausedUntil)
                return Task.FromException<AwsCredentials>(new ObjectStoreException(failure.Failure, failure.Message, failure.InnerException));
            PutOffRecheck();
            return _inFlight = FetchAsync(anew);
        }
    }

    private async Task<AwsCredentials> FetchAsync(bool anew)
    {
        // The sources of the SDK may block before their first await: never on the caller's thread, nor under the lock.
        await Task.Yield();
        try
        {
            using var deadline = new TryClock(_fetchDeadline, _time, _disposed.Token);
            AwsCredentials fetched = await Call(anew, deadline.Token).WaitAsync(deadline.Token);
            AwsCredentials? before = _current;
            Interlocked.Exchange(ref _fetchedAt, _time.GetTimestamp());
            _current = fetched;
            lock (_gate)
                (_failure, _failures) = (null, 0);
            if (anew && before is not null && before != fetched)
                _logger.CredentialsRenewed(fetched.AccessKeyId);
            return fetched;
        }
        catch (ObjectStoreException exception)
        {
            Pause(exception);
            throw;
        }
        catch (OperationCanceledException exception) when (!_disposed.IsCancellationRequested)
        {
            var failure = new ObjectStoreException(
                ObjectStoreFailure.NoCredentials,
                $"the credentials did not arrive within {_fetchDeadline.TotalSeconds:0} s: check the network and the profile, or use --no-sign-request for a public bucket",
                exception);
            Pause(failure);
            throw failure;
        }
        finally
        {
            lock (_gate)
                _inFlight = null;
        }
    }

    // One at a time, though it may take longer than a fetch: then the next one waits for it too.
    private Task<AwsCredentials> Call(bool anew, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_call is { IsCompleted: false } hanging)
            {
                if (Volatile.Read(ref _abandoned) >= MaxAbandoned || _time.GetElapsedTime(_callStartedAt) < _abandonAfter)
                    return hanging;
                Interlocked.Increment(ref _abandoned);
                _ = hanging.ContinueWith(_ => Interlocked.Decrement(ref _abandoned), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            _callStartedAt = _time.GetTimestamp();
            _call = Task.Run(() => _source!.FetchAsync(anew, cancellationToken), CancellationToken.None);
            // It may fail when the fetch that began it has given it up.
            _ = _call.ContinueWith(failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return _call;
        }
    }

    private void Pause(ObjectStoreException failure)
    {
        lock (_gate)
        {
            // Nothing was searched in vain within the last minute: the next one who is refused may search again.
            _renewedAt = null;
            _failure = failure;
            TimeSpan bound = _firstPause * (1 << Math.Min(_failures++, 4));
            if (bound > _longestPause)
                bound = _longestPause;
            // Between half of it and all: a thousand nodes that lost STS in one moment do not come back to it in one.
            TimeSpan pause = bound * (0.5 + (_random.NextDouble() / 2));
            _pausedUntil = _time.GetTimestamp() + (long)(pause.TotalSeconds * _time.TimestampFrequency);
        }
        if (_current is not null)
            Report(failure.Message);
    }
}
