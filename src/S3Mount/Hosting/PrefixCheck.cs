using S3Mount.Configuration;
using S3Mount.ObjectStore;

namespace S3Mount.Hosting;

/// <summary>Whether there is anything to see under what is mounted.</summary>
internal static class PrefixCheck
{
    /// <returns>A warning, or null. An empty prefix is mounted: its objects may still come.</returns>
    /// <exception cref="StartupException">The prefix is an object.</exception>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    public static async ValueTask<string?> CheckAsync(IObjectStore store, MountSettings settings, CancellationToken cancellationToken)
    {
        // Only ever this prefix, slash included: a policy with s3:prefix may allow nothing else.
        var request = new ListPageRequest { Prefix = new ObjectKey(settings.Prefix), Delimiter = true, MaxKeys = 2 };
        ListPage page = await store.ListPageAsync(request, cancellationToken).ConfigureAwait(false);
        if (page.Objects.Length + page.CommonPrefixes.Length > 0 || page.IsTruncated)
            return null;
        string key = settings.Prefix.Length > 0 ? settings.Prefix[..^1] : "";
        if (key.Length > 0 && !key.EndsWith('/') && await IsObjectAsync(store, key, cancellationToken).ConfigureAwait(false))
        {
            string parent = $"s3://{settings.Bucket}/{key[..(key.LastIndexOf('/') + 1)]}";
            throw new StartupException($"s3://{settings.Bucket}/{key} is an object, not a directory; mount {parent} instead");
        }
        return $"there is nothing under {settings.Url} yet";
    }

    private static async ValueTask<bool> IsObjectAsync(IObjectStore store, string key, CancellationToken cancellationToken)
    {
        try
        {
            await store.HeadAsync(new ObjectKey(key), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ObjectStoreException e) when (e.Failure is ObjectStoreFailure.NotFound or ObjectStoreFailure.AccessDenied)
        {
            return false; // Who may not list the bucket is told 403 of keys that do not exist (S3 API, HeadObject).
        }
    }
}
