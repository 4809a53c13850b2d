namespace S3Mount.Testing.S3Server.Http;

/// <summary>A body that comes in drops.</summary>
/// <param name="AfterBytes">Up to here it flows.</param>
/// <param name="Bytes">Of a drop.</param>
/// <param name="Pause">Before each drop but the first of a body.</param>
internal sealed record Dribble(long AfterBytes, int Bytes, TimeSpan Pause)
{
    /// <summary>How much is sent from there on at once, of at most so much.</summary>
    public long StepAt(long position, long most) => Math.Min(most, position < AfterBytes ? AfterBytes - position : Bytes);
}
