namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Answers a ranged request with 200 and the whole object.</summary>
public sealed record IgnoreRangeFault : FaultEffect
{
    internal override ValueTask BeforeAsync(S3Request request, CancellationToken cancellationToken)
    {
        request.IgnoresRange = true;
        return ValueTask.CompletedTask;
    }
}
