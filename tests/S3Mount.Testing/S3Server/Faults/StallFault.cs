using System.Text.Json.Serialization;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>
/// Stops sending after so many bytes of the body (-1: before the head), until the gate opens or the duration is over; without
/// either, until the client goes.
/// </summary>
public sealed record StallFault(long AfterBytes) : FaultEffect
{
    /// <summary>The bytes are those of the answer's head.</summary>
    public bool InHead { get; init; }

    [JsonIgnore]
    public Gate? Gate { get; init; }

    public TimeSpan? Duration { get; init; }

    internal override void Alter(ServerResponse response) =>
        response.Interrupt(new BodyInterruption(AfterBytes, StallAsync) { IsInHead = InHead });

    private async ValueTask<bool> StallAsync(HttpConnection connection, CancellationToken cancellationToken)
    {
        if (Gate is not null)
            await connection.WaitAsync(token => Gate.PassAsync(token).AsTask(), cancellationToken);
        else
            await connection.DelayAsync(Duration ?? Timeout.InfiniteTimeSpan, cancellationToken);
        return true;
    }
}
