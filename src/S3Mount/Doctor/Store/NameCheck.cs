using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace S3Mount.Doctor.Store;

/// <summary>Whether the host has addresses, and how long it takes to find them.</summary>
internal sealed class NameCheck(StoreAccess access, Findings findings) : ICheck
{
    /// <summary>A resolver near by answers within milliseconds; each connection that is made asks it.</summary>
    private static readonly TimeSpan _slow = TimeSpan.FromMilliseconds(200);

    /// <summary>A line has room for them.</summary>
    private const int MostNamed = 3;

    public CheckArea Area => CheckArea.Store;

    public string Name => "name";

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Place is not { } place)
            return CheckResult.Skipped("the endpoint is not known");
        string host = place.Address.IdnHost;
        findings.IsHostKnown = true;
        if (findings.Proxy is not null)
            return CheckResult.Skipped("the proxy looks it up");
        if (IPAddress.TryParse(host.Trim('[', ']'), out _))
            return CheckResult.Skipped($"{host} is an address");
        long startedAt = Stopwatch.GetTimestamp();
        IPAddress[] addresses = await TryFindAsync(host, cancellationToken).ConfigureAwait(false);
        TimeSpan took = Stopwatch.GetElapsedTime(startedAt);
        if (addresses.Length == 0)
            return await FailAsync(host, cancellationToken).ConfigureAwait(false);
        string more = addresses.Length > MostNamed ? $" and {addresses.Length - MostNamed} more" : "";
        string found = $"{host}: {string.Join(", ", addresses.Take(MostNamed).Select(address => address.ToString()))}{more}, in {DoctorText.Time(took)}";
        return took < _slow ? CheckResult.Ok(found) : CheckResult.Warning(found, "let a resolver near by keep answers (systemd-resolved, NodeLocal DNSCache)");
    }

    private async Task<CheckResult> FailAsync(string host, CancellationToken cancellationToken)
    {
        findings.IsHostKnown = false;
        string found = $"{host} has no address";
        // A store of one's own often has a name, and none for each bucket before it.
        if (findings.Place is { CustomUrl: { } url, IsPathStyle: false } && (await TryFindAsync(new Uri(url).IdnHost, cancellationToken).ConfigureAwait(false)).Length > 0)
        {
            findings.NeedsPathStyle = true;
            return CheckResult.Failed($"{found}, but {new Uri(url).IdnHost} has", "ask for the bucket in the path: --force-path-style");
        }
        return CheckResult.Failed(found, $"check the spelling ({findings.Place!.EndpointSource}, {findings.Place.RegionSource}) and the resolver: getent hosts {host}");
    }

    private async Task<IPAddress[]> TryFindAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await access.FindAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // Whatever the resolver says, there is no address.
            return [];
        }
    }
}
