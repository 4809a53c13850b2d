using System.Globalization;
using System.Net;
using S3Mount.CommandLine;
using S3Mount.Telemetry;

namespace S3Mount.Configuration;

/// <summary>What a mount is told of metrics and prices.</summary>
internal static class TelemetryOptionsReader
{
    /// <summary>A guard against a price of a million requests, or of all of a month.</summary>
    private const decimal HighestPrice = 1_000_000;

    /// <returns>Null: no metrics are served.</returns>
    /// <exception cref="UsageException">With what is wrong.</exception>
    public static IPEndPoint? ReadListen(OptionValues options) => options.Read<IPEndPoint?>(MountOptions.MetricsListen, ParseListen, null);

    /// <returns>Null: no price was named.</returns>
    /// <exception cref="UsageException">With what is wrong.</exception>
    public static Prices? ReadPrices(OptionValues options)
    {
        var prices = new Prices(
            options.Read<decimal?>(MountOptions.PriceGet, text => ParsePrice(text), null),
            options.Read<decimal?>(MountOptions.PriceList, text => ParsePrice(text), null),
            options.Read<decimal?>(MountOptions.PriceGb, text => ParsePrice(text), null));
        return prices is { Get: null, List: null, Gigabyte: null } ? null : prices;
    }

    /// <summary>No name but localhost is looked up: it may stand for several addresses, and for one that others reach.</summary>
    private static IPEndPoint ParseListen(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        IPAddress? address = host switch
        {
            "" or "localhost" => IPAddress.Loopback,
            ['[', .. var inner, ']'] => IPAddress.TryParse(inner, out IPAddress? six) ? six : null,
            _ when host.Contains(':') => null,
            _ => IPAddress.TryParse(host, out IPAddress? four) ? four : null,
        };
        if (colon < 0 || address is null || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
            throw new FormatException($"'{text}' is not an address and a port; write :9400, 10.0.0.5:9400, 0.0.0.0:9400 or [::1]:9400");
        return new IPEndPoint(address, port);
    }

    private static decimal ParsePrice(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal price) && price <= HighestPrice
            ? price
            : throw new FormatException($"'{text}' is not a price; write a number such as 0.0004");
}
