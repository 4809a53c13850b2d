namespace S3Mount.Benchmarks.Mounts;

/// <summary>How slow the store is made.</summary>
internal sealed record StoreSetting(string Name, params string[] Arguments)
{
    /// <summary>The server as fast as it can.</summary>
    public static StoreSetting Loopback { get; } = new("loopback");

    /// <summary>What S3 in a region gives: 20 ms to the first byte, 60 ms a list page, 80 MB/s a connection.</summary>
    public static StoreSetting Remote { get; } = new("remote", "--latency", "20", "--list-latency", "60", "--rate", "80000000");
}
