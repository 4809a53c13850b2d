namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Answers as if no If-Match or other condition had been asked for, as some stores do.</summary>
public sealed record IgnoreConditionsFault : FaultEffect
{
    internal override ValueTask BeforeAsync(S3Request request, CancellationToken cancellationToken)
    {
        request.IgnoresConditions = true;
        return ValueTask.CompletedTask;
    }
}
