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
    // At most, when nothing is known of the store or it is slow: S3 sends its first bytes within 100 to 200 ms (S3 User Guide,
    // "Performance guidelines"), a busy radosgw within seconds. The AWS CLI waits 60 s for a byte; with half of that ten tries fit into
    // the default deadline of five minutes.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    // A page of a huge bucket, rolled up at a delimiter, can take a store long before its first byte: the whole 60 s of the CLI.
    private static readonly TimeSpan _listPatience = TimeSpan.FromSeconds(60);

    private readonly S3Services _services;
    private readonly S3StoreOptions _options;
    private readonly HedgedSender _sender;
    private readonly S3Target _target;
    private readonly CredentialCache _credentials;
    private readonly RegionFollower _regions;
    private readonly S3Failures _failures;
    private readonly ConcurrencyLimit _limit;
    private readonly TroubleLog _trouble;
    private readonly RetryBudget _budget;
    private readonly AnswerPace _pace = new(_patience, isHeadHurried: true);
    private readonly AnswerPace _listPace = new(_listPatience, isHeadHurried: false);
    private readonly CancellationTokenSource _closing = new();

    public S3Requester(S3Services services, S3StoreOptions options, S3Sender sender, S3Target target, CredentialCache credentials, RegionFollower regions)
    {
        (_services, _options, _target, _credentials, _regions) = (services, options, target, credentials, regions);
        _sender = new HedgedSender(sender, new HedgeBudget(options.MaxConnections), Counters, services.TimeProvider);
        _failures = new S3Failures(options.Bucket);
        _budget = new RetryBudget(services.TimeProvider, services.Random);
        _trouble = new TroubleLog(services.TimeProvider, services.Logger);
        _limit = new ConcurrencyLimit(options.MaxConnections, services.TimeProvider);
    }

    public StoreCounters Counters { get; } = new();

    public ObjectStoreHealth Health => Counters.ReadHealth() with
    {
        IsProbed = _budget.IsSpent,
        GetLimit = _limit.LimitOf(S3OperationKind.Get),
        ListLimit = _limit.LimitOf(S3OperationKind.List),
        InUse = _limit.InUse,
    };

    /// <param name="deadline">Counted from this call: whatever it waits for, it ends by then.</param>
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
            {
                _budget.Answered();
                return;
            }
            await RecoverAsync(operation, course, failure, cancellationToken);
        }
    }

    /// <summary>Ends what is under way, and returns when it has let go of its memory.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _budget.Close();
        await _limit.DisposeAsync();
        _closing.Dispose();
    }

    // Null: done.
    private async ValueTask<S3Failure?> TryAsync(S3Operation operation, RetryCourse course, CancellationToken cancellationToken)
    {
        if (await WaitForCredentialsAsync(course, cancellationToken) is { } missing)
            return missing;
        try
        {
            await EnterAsync(operation, course, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            // What failed before the wait tells more than that there was one.
            throw _failures.Create(ObjectStoreFailure.Unavailable, operation, course.Telling ?? new S3Failure { Exception = exception, Endpoint = _target.Endpoint });
        }
        try
        {
            long enteredAt = _services.TimeProvider.GetTimestamp();
            S3Failure? failure = await TryWithSlotAsync(operation, course, cancellationToken);
            Judge(operation.Kind, failure, enteredAt);
            return failure;
        }
        finally
        {
            _limit.Leave(operation.Kind);
        }
    }

    private ValueTask EnterAsync(S3Operation operation, RetryCourse course, CancellationToken cancellationToken)
    {
        ValueTask entering = _limit.EnterAsync(operation, course.Tries > 0, course.Left, cancellationToken);
        return entering.IsCompleted || _options.Observer is not { } observer ? entering : TimeAsync(entering, observer);
    }

    private async ValueTask TimeAsync(ValueTask entering, IStoreObserver observer)
    {
        long since = _services.TimeProvider.GetTimestamp();
        try
        {
            await entering;
        }
        finally
        {
            observer.Waited(S3WaitCause.Connection, _services.TimeProvider.GetElapsedTime(since));
        }
    }

    private void Judge(S3OperationKind kind, S3Failure? failure, long enteredAt)
    {
        if (failure is null)
        {
            _limit.Answered(kind);
            _trouble.Answered(_target.Endpoint);
        }
        else if (failure.IsThrottled)
        {
            Counters.CountThrottled();
            _limit.Throttled(kind, enteredAt);
        }
    }

    // Before there is a slot: those who wait for credentials would keep it from requests that are signed already.
    private async ValueTask<S3Failure?> WaitForCredentialsAsync(RetryCourse course, CancellationToken cancellationToken)
    {
        try
        {
            await WithinAsync(_credentials.GetAsync(cancellationToken), course, cancellationToken);
            return null;
        }
        catch (ObjectStoreException exception) when (course.IsPatient)
        {
            // On a live mount a source of credentials that does not answer is trouble that passes.
            course.BeginTry();
            // What the store has said before tells more than that there was a wait until the deadline.
            return course.Left == TimeSpan.Zero && course.Telling is { } telling ? telling : new S3Failure { Exception = exception, Endpoint = _target.Endpoint };
        }
    }

    private async ValueTask<S3Failure?> TryWithSlotAsync(S3Operation operation, RetryCourse course, CancellationToken cancellationToken)
    {
        course.BeginTry();
        AwsCredentials? credentials;
        try
        {
            credentials = await WithinAsync(_credentials.GetAsync(cancellationToken), course, cancellationToken);
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
        AnswerPace pace = operation.Kind == S3OperationKind.List ? _listPace : _pace;
        CancellationToken closing = _closing.Token;
        TimeSpan headPatience = pace.HeadPatience(course.Stalls);
        TimeSpan bodyPatience = pace.BodyPatience(course.Stalls);
        using Exchange exchange = await _sender.SendAsync(operation, context, pace.HedgeAfter, () => course.Clock(headPatience, cancellationToken, closing));
        bool hasHead = false;
        try
        {
            using HttpResponseMessage response = await exchange.Answer;
            hasHead = true;
            exchange.Clock.BeginBody(bodyPatience);
            if (!response.IsSuccessStatusCode)
                return await S3FailureReader.ReadAsync(response, context, exchange.Clock);
            TimeSpan latency = _services.TimeProvider.GetElapsedTime(exchange.StartedAt);
            pace.Began(latency);
            _options.Observer?.Began(operation.Kind, latency);
            S3Failure? failure = await TakeAsync(operation, response, context, exchange.Clock);
            pace.Ended(exchange.Clock.EndBody());
            if (failure is null)
                _options.Observer?.Ended(operation.Kind, _services.TimeProvider.GetElapsedTime(exchange.StartedAt));
            return failure;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(S3ObjectStore));
            // The clock of the try, or the handler's own for the connect.
            return Stalled(context, course, hasHead ? pace : null, bodyPatience);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, typeof(S3ObjectStore));
            return exchange.Clock.Token.IsCancellationRequested
                ? Stalled(context, course, hasHead ? pace : null, bodyPatience)
                : context with { Exception = exception };
        }
    }

    private S3Failure Stalled(S3Failure context, RetryCourse course, AnswerPace? ofBody, TimeSpan patience)
    {
        // At the deadline nothing was judged: the time was up.
        if (course.Left != TimeSpan.Zero)
        {
            Counters.CountStall();
            ofBody?.Stalled(patience);
        }
        return context with { TimedOut = true };
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
            Tell(operation, failure);
            throw _failures.Create(exception.Failure, operation, failure);
        }
    }

    // Returns when the operation is to be tried again.
    private async ValueTask RecoverAsync(S3Operation operation, RetryCourse course, S3Failure failure, CancellationToken cancellationToken)
    {
        S3Verdict verdict = S3ErrorMapper.Map(operation.Kind, failure);
        S3Failure telling = course.Remember(failure);
        Tell(operation, failure);
        if (operation.TakeProgress())
            course.ForgetFailures();
        if (verdict.Action != S3Action.Retry)
            _budget.Answered();
        bool isRecovered = verdict.Action switch
        {
            S3Action.AskAnew => course.IsPatient && operation.CanBeAskedAnew && course.TryAskAnew() && await TryWaitAsync(operation, course, failure, cancellationToken),
            // At the start it is a matter of settings; later somebody may just be renewing a certificate.
            S3Action.Retry when failure.IsUntrusted && !course.IsPatient => false,
            S3Action.Retry => await TryWaitAsync(operation, course, failure, cancellationToken),
            S3Action.RefreshCredentials => course.TryOnce(S3Action.RefreshCredentials) && await TryRenewAsync(operation, course, failure, cancellationToken),
            S3Action.AdjustClock => course.TryOnce(S3Action.AdjustClock) && TryAdjustClock(failure),
            S3Action.FollowRegion => course.TryOnce(S3Action.FollowRegion) && _regions.TryFollow(failure),
            _ => false,
        };
        if (!isRecovered)
            throw _failures.Create(verdict.Failure, operation, telling);
        operation.Retry();
    }

    private void Tell(S3Operation operation, S3Failure failure) =>
        _options.Observer?.Failed(operation.Kind, S3FailureCauses.Of(failure), S3Failures.Reason(failure));

    private async ValueTask<bool> TryWaitAsync(S3Operation operation, RetryCourse course, S3Failure failure, CancellationToken cancellationToken)
    {
        bool hasTime = course.TryNextDelay(failure.RetryAfter, _services.Random, out TimeSpan delay);
        // What waits for credentials has its own words.
        if (failure.Exception is not ObjectStoreException && !S3ErrorMapper.HasExpired(failure))
            _trouble.Report(failure.Endpoint, course.Failures, () => _failures.DescribeTry(operation, failure));
        if (!hasTime)
            return false;
        _services.Logger.Retrying(operation.Kind.ToString(), _options.Bucket, operation.Key, course.Tries, S3Failures.Reason(failure), delay);
        long since = _services.TimeProvider.GetTimestamp();
        try
        {
            await Task.Delay(delay, _services.TimeProvider, cancellationToken);
            // Who is not let in has been spoken for by those who probed: his own last try would tell nothing else.
            return await _budget.EnterAsync(course.LeftToWait, cancellationToken);
        }
        finally
        {
            _options.Observer?.Waited(S3WaitCause.Retry, _services.TimeProvider.GetElapsedTime(since));
        }
    }

    private async ValueTask<bool> TryRenewAsync(S3Operation operation, RetryCourse course, S3Failure failure, CancellationToken cancellationToken)
    {
        try
        {
            bool hasExpired = course.IsPatient && S3ErrorMapper.HasExpired(failure);
            AwsCredentials? renewed = await WithinAsync(_credentials.RenewAsync(failure.Credentials, hasExpired, cancellationToken), course, cancellationToken);
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
            // At the deadline what the store has said tells more than that nothing newer came.
            if (exception.InnerException is TimeoutException)
                return false;
            throw;
        }
    }

    // A search for credentials is everybody's and has its own end; who waits for it has his.
    private async ValueTask<AwsCredentials?> WithinAsync(ValueTask<AwsCredentials?> asked, RetryCourse course, CancellationToken cancellationToken)
    {
        if (asked.IsCompleted)
            return await asked;
        try
        {
            return await asked.AsTask().WaitAsync(course.Left, _services.TimeProvider, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            throw new ObjectStoreException(
                ObjectStoreFailure.NoCredentials, "the credentials did not arrive before the deadline: check the network and the profile", exception);
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
