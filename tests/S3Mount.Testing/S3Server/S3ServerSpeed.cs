namespace S3Mount.Testing.S3Server;

/// <summary>How slow a server is.</summary>
/// <param name="FirstByte">From a request to the first byte of its answer, for all but listings.</param>
/// <param name="Listing">The same for listings.</param>
/// <param name="BytesPerSecond">Of each connection; 0 is without a limit.</param>
public sealed record S3ServerSpeed(TimeSpan FirstByte, TimeSpan Listing, long BytesPerSecond)
{
    public static S3ServerSpeed Unlimited { get; } = new(TimeSpan.Zero, TimeSpan.Zero, 0);

    /// <summary>A store in the same region as its reader: 20 ms to the first byte, 60 ms for a listing, 80 MB/s a connection.</summary>
    public static S3ServerSpeed Remote { get; } = new(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(60), 80_000_000);
}
