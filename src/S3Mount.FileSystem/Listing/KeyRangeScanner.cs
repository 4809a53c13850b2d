using System.Runtime.CompilerServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>Lists ranges of the key space. Any thread.</summary>
internal sealed class KeyRangeScanner
{
    private readonly IObjectStore _store;

    public KeyRangeScanner(IObjectStore store) => _store = store;

    /// <summary>The pages of a range, in order.</summary>
    /// <exception cref="ObjectStoreException"/>
    public async IAsyncEnumerable<ListPage> ScanAsync(KeyRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListPageRequest { Prefix = range.Prefix, Delimiter = range.Delimiter, StartAfter = range.After };
        while (true)
        {
            ListPage page = await _store.ListPageAsync(request, cancellationToken).ConfigureAwait(false);
            yield return page;
            if (page.NextContinuationToken is null)
                yield break;
            if (page.NextContinuationToken == request.ContinuationToken)
                throw new ObjectStoreException(ObjectStoreFailure.Malformed, "the listing repeats its continuation token") { Key = request.Prefix };
            request = request with { ContinuationToken = page.NextContinuationToken };
        }
    }
}
