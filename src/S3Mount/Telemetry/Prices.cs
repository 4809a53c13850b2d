using S3Mount.ObjectStore;

namespace S3Mount.Telemetry;

/// <summary>What the store asks for its work, in the currency of whoever named the prices; null: not named, and nothing is counted for it.</summary>
/// <param name="Get">Of 1,000 GET or HEAD requests.</param>
/// <param name="List">Of 1,000 LIST requests.</param>
/// <param name="Gigabyte">Of 10^9 bytes that were read from the store.</param>
internal sealed record Prices(decimal? Get, decimal? List, decimal? Gigabyte)
{
    private const decimal Requests = 1_000;
    private const decimal Bytes = 1_000_000_000;

    /// <summary>Tries that failed or were repeated count: stores ask for them, too.</summary>
    public CostFigures CostOf(in ObjectStoreStatistics store)
    {
        decimal? gets = Get / Requests * (store.Gets + store.Heads);
        decimal? lists = List / Requests * store.Lists;
        decimal? bytes = Gigabyte / Bytes * store.BytesRead;
        return new CostFigures(gets, lists, bytes, (gets ?? 0) + (lists ?? 0) + (bytes ?? 0));
    }
}
