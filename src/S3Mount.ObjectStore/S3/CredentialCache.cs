using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The credentials that requests are signed with. A signature never waits for them while they are valid: those that expire are
/// asked for again in the background, and the source renews them before they do. Any thread.
/// </summary>
internal sealed class CredentialCache : IDisposable
{
    // Sources answer from their own memory; a minute is a fraction of the five that they renew ahead of expiry.
    private static readonly TimeSpan _recheckInterval = TimeSpan.FromMinutes(1);

    // A web identity or an assumed role takes one request to STS, SSO two; a credential process may start a program. The CLI
    // gives each of its requests 60 s; a mount that says nothing for longer than half of that looks dead.
    private static readonly TimeSpan _fetchDeadline = TimeSpan.FromSeconds(30);

    private readonly ICredentialSource? _source;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _gate = new();
    // Guarded by _gate, but for reads of _current.
    private volatile AwsCredentials? _current;
    private long _recheckAt;
    private long? _renewedAt;
    private Task<AwsCredentials>? _inFlight;

    /// <param name="source">Null: requests are anonymous.</param>
    public CredentialCache(ICredentialSource? source, TimeProvider timeProvider, ILogger logger) => (_source, _time, _logger) = (source, timeProvider, logger);

    /// <summary>What to sign with now; null when requests are anonymous.</summary>
    /// <exception cref="ObjectStoreException">NoCredentials.</exception>
    public ValueTask<AwsCredentials?> GetAsync(CancellationToken cancellationToken)
    {
        AwsCredentials? current = _current;
        if (_source is null || (current is not null && current.ExpiresAt is null))
            return new ValueTask<AwsCredentials?>(current);
        if (current is null || current.ExpiresAt <= _time.GetUtcNow())
            return WaitForFetchAsync(anew: false, cancellationToken);
        if (_time.GetTimestamp() >= Interlocked.Read(ref _recheckAt))
            _ = RefreshBehindAsync();
        return new ValueTask<AwsCredentials?>(current);
    }

    /// <summary>
    /// After the store refused <paramref name="rejected"/>: others, if there are any. At most one search a minute: when it is the
    /// policy that refuses, new credentials do not help, and a thousand denied keys must not ask STS a thousand times.
    /// </summary>
    /// <exception cref="ObjectStoreException">NoCredentials.</exception>
    public ValueTask<AwsCredentials?> RenewAsync(AwsCredentials? rejected, CancellationToken cancellationToken)
    {
        if (_source is null || rejected is null)
            return new ValueTask<AwsCredentials?>((AwsCredentials?)null);
        lock (_gate)
        {
            bool isReplaced = _current is not null && _current != rejected;
            bool isRecent = _renewedAt is { } renewedAt && _time.GetElapsedTime(renewedAt) < _recheckInterval;
            if (isReplaced || (isRecent && _inFlight is null))
                return new ValueTask<AwsCredentials?>(_current);
            _renewedAt = _time.GetTimestamp();
        }
        return WaitForFetchAsync(anew: true, cancellationToken);
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private async ValueTask<AwsCredentials?> WaitForFetchAsync(bool anew, CancellationToken cancellationToken) =>
        await Fetch(anew).WaitAsync(cancellationToken);

    private async Task RefreshBehindAsync()
    {
        try
        {
            await Fetch(anew: false);
        }
        catch (Exception exception)
        {
            _logger.RefreshFailed(exception.Message);
        }
    }

    // Single-flight: whoever comes while a fetch is under way shares it.
    private Task<AwsCredentials> Fetch(bool anew)
    {
        lock (_gate)
        {
            Interlocked.Exchange(ref _recheckAt, _time.GetTimestamp() + (long)(_recheckInterval.TotalSeconds * _time.TimestampFrequency));
            return _inFlight ??= FetchAsync(anew);
        }
    }

    private async Task<AwsCredentials> FetchAsync(bool anew)
    {
        // The sources of the SDK may block before their first await: never on the caller's thread, nor under the lock.
        await Task.Yield();
        try
        {
            using var deadline = new TryClock(_fetchDeadline, _time, _disposed.Token);
            AwsCredentials fetched = await Task.Run(() => _source!.FetchAsync(anew, deadline.Token), deadline.Token).WaitAsync(deadline.Token);
            AwsCredentials? before = _current;
            _current = fetched;
            if (anew && before is not null && before != fetched)
                _logger.CredentialsRenewed(fetched.AccessKeyId);
            return fetched;
        }
        catch (ObjectStoreException)
        {
            // Nothing was searched in vain within the last minute: the next one who is refused may search again.
            lock (_gate)
                _renewedAt = null;
            throw;
        }
        catch (OperationCanceledException exception) when (!_disposed.IsCancellationRequested)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.NoCredentials,
                $"the credentials did not arrive within {_fetchDeadline.TotalSeconds:0} s: check the network and the profile, or use --no-sign-request for a public bucket",
                exception);
        }
        finally
        {
            lock (_gate)
                _inFlight = null;
        }
    }
}
