namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Runs an operation over as many tries as it takes. Any thread.
/// <para>
/// A loop of our own instead of Polly: what follows a failed try is not always "again". Credentials are renewed, the clock is
/// taken over, the region is followed, each once and without waiting; and a read that broke off is another request the next time.
/// </para>
/// </summary>
internal sealed class S3Requester : IAsyncDisposable
{
    // S3 sends its first bytes within 100 to 200 ms (S3 User Guide, "Performance guidelines"), a busy radosgw within seconds. The
    // AWS CLI waits 60 s for a byte; with half of that ten tries fit into the default deadline of five minutes.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    // A page of a huge bucket, rolled up at a delimiter, can take a store long before its first byte: the whole 60 s of the CLI.
    private static readonly TimeSpan _listPatience = TimeSpan.FromSeconds(60);

    private readonly S3Services _services;
    private readonly S3StoreOptions _options;
    private readonly S3Sender _sender;
    private readonly S3Target _target;
    private readonly CredentialCache _credentials;
    private readonly RegionFollower _regions;
    private readonly S3Failures _failures;
    private readonly ConnectionSlots _slots;
    private readonly TroubleLog _trouble;
    private readonly CancellationTokenSource _closing = new();

    public S3Requester(S3Services services, S3StoreOptions options, S3Sender sender, S3Target target, CredentialCache credentials, RegionFollower regions)
    {
        (_services, _options, _sender, _target, _credentials, _regions) = (services, options, sender, target, credentials, regions);
        _failures = new S3Failures(options.Bucket);
        _trouble = new TroubleLog(services.TimeProvider, services.Logger);
        _slots = new ConnectionSlots(options.MaxConnections, options.IoDeadline, services.TimeProvider);
    }

    public StoreCounters Counters { get; } = new();

    /// <param name="deadline">Counted from the first try; no further one begins after it.</param>
    /// <param name="isPatient">The mount is up: credentials that are missing may come back before the deadline.</param>
    /// <exception cref="ObjectStoreException">The operation has failed for good.</exception>
    public async ValueTask RunAsync(S3Operation operation, TimeSpan deadline, bool isPatient, CancellationToken cancellationToken)
    {
        var course = new RetryCourse(_services.TimeProvider, deadline) { IsPatient = isPatient };
        for (; ; )
        {
            S3Failure? failure;
            try
            {
                failure = await TryAsync(operation, course, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            if (failure is null)
                return;
            await RecoverAsync(operation, course, failure, cancellationToken);
        }
    }

    /// <summary>Ends what is under way, and returns when it has let go of its memory.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _slots.DisposeAsync();
        _closing.Dispose();
    }

    // Null: done.
    private async ValueTask<S3Failure?> TryAsync(S3Operation operation, RetryCourse course, CancellationToken cancellationToken)
    {
        if (await WaitForCredentialsAsync(course, cancellationToken) is { } missing)
            return missing;
        try
        {
            await _slots.EnterAsync(cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw _failures.Create(ObjectStoreFailure.Unavailable, operation, new S3Failure { Exception = exception, Endpoint = _target.Endpoint });
        }
        try
        {
            return await TryWithSlotAsync(operation, course, cancellationToken);
        }
        finally
        {
            _slots.Leave();
        }
    }

    // Before there is a slot: those who wait for credentials would keep it from requests that are signed already.
    private async ValueTask<S3Failure?> WaitForCredentialsAsync(RetryCourse course, CancellationToken cancellationToken)
    {
        try
        {
            await _credentials.GetAsync(cancellationToken);
            return null;
        }
        catch (ObjectStoreException exception) when (course.IsPatient)
        {
            // On a live mount a source of credentials that does not answer is trouble that passes.
            course.BeginTry();
            return new S3Failure { Exception = exception, Endpoint = _target.Endpoint };
        }
    }

    private async ValueTask<S3Failure?> TryWithSlotAsync(S3Operation operation, RetryCourse course, CancellationToken cancellationToken)
    {
        course.BeginTry();
        AwsCredentials? credentials;
        try
        {
            credentials = await _credentials.GetAsync(cancellationToken);
        }
        catch (ObjectStoreException exception) when (course.IsPatient)
        {
            // On a live mount a source of credentials that does not answer is trouble that passes.
            return new S3Failure { Exception = exception, Endpoint = _target.Endpoint };
        }
        var context = new S3Failure { Endpoint = _target.Endpoint, ClockOffset = _target.ClockOffset, Credentials = credentials };
        Counters.CountTry(operation.Kind, course.Tries > 1);
        return await ExchangeAsync(operation, context, course, cancellationToken);
    }

    private async ValueTask<S3Failure?> ExchangeAsync(S3Operation operation, S3Failure context, RetryCourse course, CancellationToken cancellationToken)
    {
        TimeSpan patience = course.Patience(operation.Kind == S3OperationKind.List ? _listPatience : _patience);
        using var clock = new TryClock(patience, _services.TimeProvider, cancellationToken, _closing.Token);
        try
        {
            using HttpResponseMessage response = await _sender.SendAsync(operation, context.Endpoint, context.Credentials, clock.Token);
            clock.Progress();
            if (!response.IsSuccessStatusCode)
                return await S3FailureReader.ReadAsync(response, context, clock);
            return await TakeAsync(operation, response, context, clock);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(S3ObjectStore));
            // The clock of the try, or the handler's own for the connect.
            return context with { TimedOut = true };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(S3ObjectStore));
            return clock.Token.IsCancellationRequested ? context with { TimedOut = true } : context with { Exception = exception };
        }
    }

    private async ValueTask<S3Failure?> TakeAsync(S3Operation operation, HttpResponseMessage response, S3Failure context, TryClock clock)
    {
        try
        {
            return await operation.TakeAsync(response, clock) is { } error ? S3FailureReader.Read(response, error, context) : null;
        }
        catch (UnusableAnswerException exception)
        {
            S3Failure failure = S3FailureReader.Read(response, S3Error.Unknown, context) with { Exception = exception };
            if (exception.Failure == ObjectStoreFailure.Malformed)
                return failure;
            throw _failures.Create(exception.Failure, operation, failure);
        }
    }

    // Returns when the operation is to be tried again.
    private async ValueTask RecoverAsync(S3Operation operation, RetryCourse course, S3Failure failure, CancellationToken cancellationToken)
    {
        S3Verdict verdict = S3ErrorMapper.Map(operation.Kind, failure);
        S3Failure telling = course.Remember(failure);
        if (operation.TakeProgress())
            course.ForgetFailures();
        bool isRecovered = verdict.Action switch
        {
            S3Action.AskAnew => course.IsPatient && operation.CanBeAskedAnew && course.TryAskAnew() && await TryWaitAsync(operation, course, failure, cancellationToken),
            S3Action.Retry => await TryWaitAsync(operation, course, failure, cancellationToken),
            S3Action.RefreshCredentials => course.TryOnce(S3Action.RefreshCredentials) && await TryRenewAsync(operation, course, failure, cancellationToken),
            S3Action.AdjustClock => course.TryOnce(S3Action.AdjustClock) && TryAdjustClock(failure),
            S3Action.FollowRegion => course.TryOnce(S3Action.FollowRegion) && _regions.TryFollow(failure),
            _ => false,
        };
        if (!isRecovered)
            throw _failures.Create(verdict.Failure, operation, telling);
    }

    private async ValueTask<bool> TryWaitAsync(S3Operation operation, RetryCourse course, S3Failure failure, CancellationToken cancellationToken)
    {
        TimeSpan delay = course.NextDelay(failure.RetryAfter, _services.Random);
        // What waits for credentials has its own words.
        if (failure.Exception is not ObjectStoreException && !S3ErrorMapper.HasExpired(failure))
            _trouble.Report(course.Failures, failure);
        if (course.IsOver(delay))
            return false;
        _services.Logger.Retrying(operation.Kind.ToString(), _options.Bucket, operation.Key, course.Tries, S3Failures.Reason(failure), delay);
        await Task.Delay(delay, _services.TimeProvider, cancellationToken);
        return true;
    }

    private async ValueTask<bool> TryRenewAsync(S3Operation operation, RetryCourse course, S3Failure failure, CancellationToken cancellationToken)
    {
        try
        {
            bool hasExpired = course.IsPatient && S3ErrorMapper.HasExpired(failure);
            AwsCredentials? renewed = await _credentials.RenewAsync(failure.Credentials, hasExpired, cancellationToken);
            if (renewed is null || renewed != failure.Credentials || !hasExpired)
                return renewed is not null && renewed != failure.Credentials;
            _credentials.Report($"the store says that those of access key {ObjectStoreText.OneLine(renewed.AccessKeyId)} have expired, and no newer ones were found: sign in again");
            course.Allow(S3Action.RefreshCredentials);
            return await TryWaitAsync(operation, course, failure, cancellationToken);
        }
        catch (ObjectStoreException exception) when (course.IsPatient)
        {
            // Not the store said no, but the source of credentials nothing: it may come back.
            _credentials.Report(exception.Message);
            course.Allow(S3Action.RefreshCredentials);
            if (await TryWaitAsync(operation, course, failure, cancellationToken))
                return true;
            throw;
        }
    }

    private bool TryAdjustClock(S3Failure failure)
    {
        // Another request may have taken it over since this one was signed.
        if (_target.ClockOffset != failure.ClockOffset)
            return true;
        if (!_target.TryAdjustClock(failure.StoreTime))
            return false;
        _services.Logger.ClockDiffers(_target.Now - _services.TimeProvider.GetUtcNow());
        return true;
    }
}
