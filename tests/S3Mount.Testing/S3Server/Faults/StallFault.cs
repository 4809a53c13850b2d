using System.Text.Json.Serialization;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>
/// Stops sending after so many bytes of the body (-1: before the head), until the gate opens or the duration is over; without
/// either, until the client goes.
/// </summary>
public sealed record StallFault(long AfterBytes) : FaultEffect
{
    [JsonIgnore]
    public Gate? Gate { get; init; }

    public TimeSpan? Duration { get; init; }

    internal override void Alter(ServerResponse response) => response.Interrupt(new BodyInterruption(AfterBytes, async (connection, cancellationToken) =>
    {
        await connection.WaitAsync(
            token => Gate is not null ? Gate.PassAsync(token).AsTask() : Task.Delay(Duration ?? Timeout.InfiniteTimeSpan, token),
            cancellationToken);
        return true;
    }));
}
