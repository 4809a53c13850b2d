using System.Text.Json;
using System.Text.Json.Serialization;

namespace S3Mount.Benchmarks.Listings;

/// <summary>What listing.py is to do. Travels as JSON on its command line.</summary>
/// <param name="Root">Without a slash at its end.</param>
/// <param name="Path">Of a <see cref="ListingKind.One"/>, below the root.</param>
/// <param name="DeadlineSeconds">A walk that takes longer ends with what it has found.</param>
internal sealed record ListingJob(ListingKind Kind, string Root, string Path, double DeadlineSeconds)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    // What is asked for at the deadline may still need some time.
    private const double Grace = 30;

    public Task<Clients.ClientProcess> StartAsync() => Clients.ClientProcess.StartAsync(
        ["/usr/bin/python3", System.IO.Path.Combine(AppContext.BaseDirectory, "Clients", "listing.py"), JsonSerializer.Serialize(this, _json)],
        TimeSpan.FromSeconds(DeadlineSeconds + Grace));
}
