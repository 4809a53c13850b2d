using Microsoft.Extensions.Internal;

namespace S3Mount.FileSystem.Listing;

/// <summary>Lets MemoryCache, which predates TimeProvider, keep the mount's time.</summary>
internal sealed class CacheClock(TimeProvider timeProvider) : ISystemClock
{
    public DateTimeOffset UtcNow => timeProvider.GetUtcNow();
}
