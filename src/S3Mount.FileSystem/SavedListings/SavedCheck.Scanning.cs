using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.SavedListings;

// Many small directories at once.
internal sealed partial class SavedCheck
{
    // A role may list some prefixes and not others, or only with a delimiter: then every stretch costs a request in vain.
    private const int MostDeniedScans = 3;

    private int _deniedScans; // guarded by _gate

    // Never throws.
    private async Task ScanAsync(IReadOnlyList<CheckItem> items)
    {
        CheckItem[] wanted = [.. items.Where(item => saved.IsUnchecked(item.Directory))];
        if (wanted.Length == 0)
            return;
        DirectoryRefresh check = refresh();
        var scan = new SavedScan(store, lister, clock, [.. wanted.Select(item => item.Directory)], ApplyAsync, GoesOn);
        bool isAlone = false;
        try
        {
            if (!await scan.RunAsync(stopping).ConfigureAwait(false))
            {
                lister.FlatWalks.Refuse();
                isAlone = true;
            }
            Succeed();
        }
        catch (ObjectStoreException failure) when (failure.Failure == ObjectStoreFailure.Rejected || IsDenied(failure))
        {
            // One by one they may be listed all the same, and it shows which of them may not.
            Refuse(failure.Failure);
            isAlone = true;
        }
        catch (Exception failure)
        {
            // That may be because of a single key among a thousand.
            isAlone = failure is ObjectStoreException { Failure: ObjectStoreFailure.Malformed };
            if (!stopping.IsCancellationRequested)
                Fail(wanted[Math.Min(scan.Begun, wanted.Length - 1)].Directory, failure);
        }
        Return(wanted, isAlone ? wanted.Length : scan.Begun);

        async Task ApplyAsync(CheckedListing done)
        {
            await check.ApplyAsync(done.Directory, done.Old, done.Listing!, stopping).ConfigureAwait(false);
            await ListBelowAsync(check).ConfigureAwait(false);
        }
    }

    private bool GoesOn()
    {
        lock (_gate)
            return !_queue.HasUrgent;
    }

    private void Refuse(ObjectStoreFailure failure)
    {
        lock (_gate)
        {
            if (failure == ObjectStoreFailure.Rejected || ++_deniedScans == MostDeniedScans)
                _queue.MayScan = false;
        }
    }

    // What has not been done waits again: what the scan had come to by itself, and so does the first of the rest. Should it be that one
    // which fails, the others get on.
    private void Return(CheckItem[] wanted, int begun)
    {
        bool[] isLeft = [.. wanted.Select(item => saved.IsUnchecked(item.Directory))];
        int first = Array.IndexOf(isLeft, true);
        lock (_gate)
        {
            _queue.MayScan &= !lister.FlatWalks.IsRefused;
            for (int i = Math.Max(0, first); i < wanted.Length; i++)
            {
                if (isLeft[i] && (i < begun || i == first))
                    _queue.AddAlone(wanted[i].Directory);
                else if (isLeft[i])
                    _queue.Add(wanted[i]);
            }
        }
    }
}
