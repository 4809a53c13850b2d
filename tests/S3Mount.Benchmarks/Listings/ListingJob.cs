using System.Text.Json;
using System.Text.Json.Serialization;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks.Listings;

/// <summary>What listing.py is to do. Travels as JSON on its command line.</summary>
/// <param name="Root">Without a slash at its end.</param>
/// <param name="Path">Of a <see cref="ListingKind.One"/>, below the root.</param>
/// <param name="Contender">Who is asked: that decides how long it may take.</param>
internal sealed record ListingJob(ListingKind Kind, string Root, string Path, [property: JsonIgnore] Contender Contender)
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    // A walk of 100,000 directories, a request of 60 ms each over 48 connections, takes more than two minutes where all goes well.
    private static readonly PassLimit _longest = PassLimit.Longest with { Time = TimeSpan.FromSeconds(300) };

    // The directory that is being listed at the deadline may still come to its end.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(15);

    /// <summary>A walk that takes longer ends with what it has found.</summary>
    public double DeadlineSeconds => Limit.Time.TotalSeconds;

    public Task<ClientProcess> StartAsync(CancellationToken cancellationToken)
    {
        string[] command = ["/usr/bin/python3", System.IO.Path.Combine(AppContext.BaseDirectory, "Clients", "listing.py"), JsonSerializer.Serialize(this, _json)];
        return ClientProcess.StartAsync(command, Limit with { Time = Limit.Time + _grace }, cancellationToken);
    }

    private PassLimit Limit => Contender.IsPeer() ? PassLimit.OfPeer : _longest;
}
