namespace S3Mount.FileSystem.Listing.Walks;

// How far a scan goes ahead of its walk.
internal sealed partial class FlatWalk
{
    // With those that the scanner holds or waits for, 32,000 keys: 2 MB of entries, and at 20,000 files a second of a reader one and a half
    // seconds' walk, or 25 round trips of 60 ms.
    private const int MaxPagesAhead = 32 - FlatWalks.MaxPagesUnderWay;

    // The same within one large directory, in entries, less the page that is on its way.
    private const int MaxEntriesAhead = 31_000;

    // Returns when the scan may go on; false: nobody reads any more.
    private async ValueTask<bool> HasRoomAsync(CancellationToken stopping)
    {
        long began = _clock.Now;
        while (true)
        {
            Task room = _route.RoomAsync(MaxPagesAhead);
            if (room.IsCompleted)
                return !_route.IsInVain;
            Task[] signs = [room, .. WantsMore()];
            if (signs.Skip(1).Any(wanted => wanted.IsCompleted))
                return true;
            TimeSpan patience = _clock.Until(MountClock.After(Patience, Math.Max(began, _route.MovedAt)));
            if (patience <= TimeSpan.Zero)
                return false;
            try
            {
                await Task.WhenAny(signs).WaitAsync(patience, _clock.TimeProvider, stopping).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The walk may have moved meanwhile, if not as far as would make room.
            }
        }
    }

    // Readers within the directories that the scan is in; those below its root alone are filled by it.
    private IEnumerable<Task> WantsMore()
    {
        int ahead = MaxEntriesAhead;
        foreach (FlatWalkLevel level in _levels)
        {
            if (level.Listing is { } listing)
                yield return listing.Progress.RoomAsync(ahead, unwanted: 0);
            ahead = 1;
        }
    }
}
