using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

internal sealed partial class TreeScan
{
    private volatile bool _mustNotSplit;
    // Whether the store heeds start-after is known. Only for the one who lists the first span, while there is no other.
    private bool _isTried;

    private async Task SurveyAsync(LinkedListNode<TreeSpan> node, DirectoryCounter directories)
    {
        if (IsSequential)
            return;
        TreeSpan span = node.Value;
        List<byte[]> splits;
        try
        {
            long keys = (long)_options.PagesPerSpan * Volatile.Read(ref _mostKeys);
            splits = await DirectorySurvey.SplitsAsync(_surveyor, _prefix, span.Last!, span.Until, directories, keys, _stopping.Token).ConfigureAwait(false);
        }
        catch (ObjectStoreException failure) when (failure.Failure is ObjectStoreFailure.Rejected or ObjectStoreFailure.Malformed)
        {
            // The store knows no start-after, or names directories in no order. Its pages come one after another as before.
            _mustNotSplit = true;
            return;
        }
        if (splits.Count == 0 || !await HeedsStartAfterAsync(splits[0]).ConfigureAwait(false))
            return;
        lock (_gate)
        {
            byte[]? until = span.Until;
            for (int i = splits.Count - 1; i >= 0; i--)
            {
                _spans.AddAfter(node, new TreeSpan(splits[i], until));
                until = splits[i];
            }
            (span.Until, span.IsSplit, span.Splits) = (until, true, 1);
            _isSplit = true;
            StartSpans();
        }
    }

    // One request by which the scan learns whether the store lists from a key on: if it does not, each span would be a listing of
    // everything.
    private async ValueTask<bool> HeedsStartAfterAsync(byte[] key)
    {
        if (!_isTried && !IsSequential)
        {
            try
            {
                await using IAsyncEnumerator<ListPage> pages = Pages(_pageAfterPage, key, null);
                await pages.MoveNextAsync().ConfigureAwait(false);
                _isTried = true;
            }
            catch (ObjectStoreException failure) when (failure.Failure is ObjectStoreFailure.Rejected)
            {
                _mustNotSplit = true;
            }
        }
        return !IsSequential;
    }
}
