using S3Mount.ObjectStore.S3;

namespace S3Mount.Doctor.Store;

/// <summary>Whether requests take a way around, because the environment says so.</summary>
internal sealed class ProxyCheck(StoreAccess access, Findings findings) : ICheck
{
    private static readonly string[] _variables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

    public CheckArea Area => CheckArea.Store;

    public string Name => "proxy";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Place is not { } place)
            return Task.FromResult(CheckResult.Skipped("the endpoint is not known"));
        string[] set = [.. _variables.SelectMany(name => (string[])[name, name.ToLowerInvariant()]).Where(name => access.Variable(name) is { Length: > 0 })];
        findings.Proxy = access.ProxyOf(place.Address);
        if (findings.Proxy is { } proxy)
            return Task.FromResult(CheckResult.Warning($"requests go through {UrlText.WithoutUserInfo(proxy.OriginalString)} ({string.Join(", ", set)})", $"every byte passes it: if the store can be reached without, set NO_PROXY={place.Address.Host}"));
        return Task.FromResult(CheckResult.Ok(set.Length == 0 ? "none" : $"none for this store, though {string.Join(", ", set)} {(set.Length == 1 ? "is" : "are")} set"));
    }
}
