namespace S3Mount.Doctor.Speed;

/// <summary>From a request to the head of its answer, over a connection that is there.</summary>
internal sealed class RoundTripCheck(Findings findings) : ICheck
{
    public CheckArea Area => CheckArea.Speed;

    public string Name => "round trip";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Contact is not { } contact)
            return Task.FromResult(CheckResult.Skipped("there is no connection"));
        if (contact.RoundTrips.Count == 0)
            return Task.FromResult(CheckResult.Warning("the store closes the connection after each answer", "let it, and proxies before it, keep connections: each read would make one"));
        return Task.FromResult(CheckResult.Ok($"{DoctorText.Time(contact.RoundTrips[0])}, the shortest of {contact.RoundTrips.Count} (requests that the store refuses)"));
    }
}
