using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using S3Mount.Testing.S3Server.Faults;
using S3Mount.Testing.S3Server.Http;
using S3Mount.Testing.S3Server.Tls;

namespace S3Mount.Testing.S3Server;

/// <summary>
/// What a test in another process can ask and change, in JSON. The paths begin with <c>/_s3mount/</c>, which is no bucket's name.
/// <para>
/// GET stats, POST reset, GET or POST speed, GET, POST (one rule, which gets an id) or DELETE faults, DELETE faults/ID, GET requests,
/// POST reset-connections (all but the one that asks), POST connections (mode, and milliseconds after which all is as before; without
/// them nobody can ask for anything any more), POST clock (how far it is ahead), POST tls (mode), POST region (of a
/// bucket)
/// </para>
/// </summary>
internal sealed class ControlEndpoint(S3TestServer server)
{
    private const string OneFault = "faults/";

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        AllowOutOfOrderMetadataProperties = true,
    };

    public static bool Owns(S3Target target) => target.Bucket == "_s3mount";

    public async ValueTask<ServerResponse> HandleAsync(ServerRequest request, S3Target target, CancellationToken cancellationToken)
    {
        byte[] body = await request.Body.ReadAsync(cancellationToken);
        try
        {
            string? name = target.Key?.ToString();
            if (request.Method == "DELETE" && name?.StartsWith(OneFault, StringComparison.Ordinal) == true)
                return Remove(name[OneFault.Length..]);
            return (request.Method, name) switch
            {
                ("GET", "stats") => Json(server.Statistics),
                ("POST", "reset") => Done(server.ResetStatistics),
                ("POST", "reset-connections") => Done(() => server.ResetConnections(request.Connection)),
                ("GET", "speed") => Json(SpeedDocument.Of(server.Speed)),
                ("POST", "speed") => Done(() => server.Speed = Read<SpeedDocument>(body).ToSpeed()),
                ("POST", "connections") => Done(() => Read<ConnectionsDocument>(body).Apply(server)),
                ("POST", "clock") => Done(() => server.ClockOffset = TimeSpan.FromSeconds(Read<ClockDocument>(body).AheadSeconds)),
                ("POST", "tls") => Done(() => server.Tls = Read<TlsDocument>(body).Mode),
                ("POST", "region") => Done(() => Read<RegionDocument>(body).Apply(server)),
                ("GET", "faults") => Json(server.Faults.Active.Select(fault => new { fault.Id, fault.Taken, fault.Rule.Operation, fault.Rule.Key, Effect = fault.Rule.Effect.ToString() })),
                ("POST", "faults") => Json(new { server.Faults.Add(Read<FaultRule>(body)).Id }),
                ("DELETE", "faults") => Done(server.Faults.Clear),
                ("GET", "requests") => Json(server.Requests.Entries.Select(entry => new { entry.Operation, entry.Target, entry.Range, entry.Status })),
                _ => new ServerResponse(404, "No such control."u8.ToArray()),
            };
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return new ServerResponse(400, Encoding.UTF8.GetBytes(exception.Message));
        }
    }

    private ServerResponse Remove(string id) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && server.Faults.Remove(number)
            ? new ServerResponse(204)
            : new ServerResponse(404, "No such rule."u8.ToArray());

    private static T Read<T>(byte[] body) => JsonSerializer.Deserialize<T>(body, _json) ?? throw new JsonException("The document is null.");

    private static ServerResponse Done(Action action)
    {
        action();
        return new ServerResponse(204);
    }

    private static ServerResponse Json<T>(T value)
    {
        var response = new ServerResponse(200, JsonSerializer.SerializeToUtf8Bytes(value, _json));
        response.Headers["Content-Type"] = "application/json";
        return response;
    }

    private sealed record TlsDocument(TlsMode Mode);

    private sealed record RegionDocument(string Bucket, string Region)
    {
        public void Apply(S3TestServer server) => server.Bucket(Bucket).Region = Region;
    }

    private sealed record ClockDocument(double AheadSeconds);

    private sealed record ConnectionsDocument(ConnectionMode Mode, double? Milliseconds)
    {
        public void Apply(S3TestServer server)
        {
            if (Milliseconds is { } milliseconds)
                server.SetConnections(Mode, TimeSpan.FromMilliseconds(milliseconds));
            else
                server.Connections = Mode;
        }
    }

    private sealed record SpeedDocument(double FirstByteMilliseconds, double ListingMilliseconds, long BytesPerSecond)
    {
        public static SpeedDocument Of(S3ServerSpeed speed) => new(speed.FirstByte.TotalMilliseconds, speed.Listing.TotalMilliseconds, speed.BytesPerSecond);

        public S3ServerSpeed ToSpeed() => new(TimeSpan.FromMilliseconds(FirstByteMilliseconds), TimeSpan.FromMilliseconds(ListingMilliseconds), BytesPerSecond);
    }
}
