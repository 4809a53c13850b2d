using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Store;

/// <summary>Opens the bucket once, for all checks that need it.</summary>
internal sealed class StoreOpener(StoreAccess access, Findings findings)
{
    private bool _hasTried;

    /// <summary>Why it makes no sense to try; null: it does.</summary>
    public string? Obstacle => findings.Contact is null ? "there is no connection" : findings.IsSignedIn ? null : "there are no credentials";

    /// <summary>The store, or null: <see cref="Findings.OpenFailure"/> tells why.</summary>
    public async Task<ExaminedStore?> TryOpenAsync(CancellationToken cancellationToken)
    {
        if (_hasTried)
            return findings.Store;
        _hasTried = true;
        try
        {
            return findings.Store = await access.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectStoreException e)
        {
            findings.OpenFailure = e;
            return null;
        }
    }
}
