namespace S3Mount.Benchmarks.Contenders;

/// <summary>How slow the store is made.</summary>
internal sealed record StoreSetting(string Name, double FirstByteMilliseconds, double ListingMilliseconds, long BytesPerSecond)
{
    /// <summary>The server as fast as it can.</summary>
    public static StoreSetting Loopback { get; } = new("loopback", 0, 0, 0);

    /// <summary>What S3 in a region gives: 20 ms to the first byte, 60 ms a list page, 80 MB/s a connection.</summary>
    public static StoreSetting Remote { get; } = new("remote", 20, 60, 80_000_000);

    /// <summary>Whether time passes while nothing is done: then many reads, one after another, say no more than a few.</summary>
    public bool IsRemote => FirstByteMilliseconds > 0;

    public static StoreSetting Parse(string name) => name switch
    {
        "loopback" => Loopback,
        "remote" => Remote,
        _ => throw new BenchException($"there is no setting '{name}'; loopback and remote are"),
    };
}
