using Microsoft.Extensions.Logging;

namespace S3Mount.ObjectStore.S3;

/// <summary>What a store needs from outside; the seam for tests.</summary>
internal sealed record S3Services
{
    public required TimeProvider TimeProvider { get; init; }

    public required ILogger Logger { get; init; }

    public S3Environment Environment { get; init; } = S3Environment.OfProcess;

    /// <summary>For the jitter.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>In place of sockets.</summary>
    public HttpMessageHandler? HttpHandler { get; init; }

    /// <summary>In place of the chain of the SDK.</summary>
    public ICredentialSource? CredentialSource { get; init; }

    /// <summary>In place of instance metadata: the region of this machine, or null.</summary>
    public Func<CancellationToken, Task<string?>>? MachineRegion { get; init; }
}
