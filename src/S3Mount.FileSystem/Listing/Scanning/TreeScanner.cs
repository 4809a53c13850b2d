using System.Runtime.CompilerServices;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// Lists everything below a prefix, whatever directories there are, over several connections at once. Any thread.
/// <para>
/// <see cref="KeyRangeScanner"/> guesses where keys are from what it has seen of them, and keys that go from one directory to
/// the next leap where no guess follows. Here the store is asked for the names of directories, and those are the splits.
/// </para>
/// </summary>
internal sealed class TreeScanner
{
    private readonly IObjectStore _store;
    private readonly TreeScannerOptions _options;

    public TreeScanner(IObjectStore store, TreeScannerOptions? options = null)
    {
        _store = store;
        _options = options ?? new TreeScannerOptions();
    }

    /// <summary>
    /// The pages of a range without delimiter, in key order, each key once, as <see cref="KeyRangeScanner.ScanAsync"/> gives
    /// them. When the enumerator has been disposed, or has thrown, no request is under way.
    /// </summary>
    /// <exception cref="ObjectStoreException"/>
    public async IAsyncEnumerable<ListPage> ScanAsync(KeyRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (range.Delimiter)
            throw new ArgumentException("a tree is listed without delimiter", nameof(range));
        var scan = new TreeScan(_store, range, _options, cancellationToken);
        try
        {
            while (await scan.NextAsync(cancellationToken).ConfigureAwait(false) is { } page)
                yield return page;
        }
        finally
        {
            await scan.DisposeAsync().ConfigureAwait(false);
        }
    }
}
