using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing.Walks;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

// Listings that are filled by another hand: a scan that fills many at once.
internal sealed partial class DirectoryLister
{
    /// <summary>The scans that fill the listings of walks, and take over those that they will come to.</summary>
    public FlatWalks FlatWalks { get; }

    /// <summary>
    /// A listing for the caller to fill and to end, which others join from now on; null where one that may answer is there or
    /// under way.
    /// </summary>
    public DirectoryListing? TryBegin(DirectoryInode directory)
    {
        if (_cache.FindListing(directory) is not null || HasSaved(directory) || _growing.ContainsKey(directory))
            return null;
        DirectoryListing listing = Create(directory);
        return _growing.TryAdd(directory, listing) ? listing : null;
    }

    public ListingBuilder CreateBuilder(DirectoryListing listing) => new(listing, _cache.FindPrevious(listing.Directory));

    /// <summary>The listing is whole: it is kept, and its readers hear of it.</summary>
    public void Complete(DirectoryListing listing, ListingBuilder builder, bool isScanned)
    {
        ReportHidden(builder);
        builder.Complete(_clock.StartSeconds);
        Keep(listing, isScanned);
        listing.Progress.Complete();
    }

    /// <summary>The listing cannot be had: its readers hear of it, and the next one asks again.</summary>
    public void Fail(DirectoryListing listing, Exception failure)
    {
        _growing.TryRemove(new(listing.Directory, listing));
        listing.Directory.Stray(listing.Generation);
        listing.Progress.Fail(failure);
    }

    /// <summary>Lists the directory alone, into a listing that says nothing yet.</summary>
    public void Fill(DirectoryListing listing) => _ = FillAsync(listing, CreateBuilder(listing), after: null, onQuiet: null);

    /// <summary>Lists what is left of the directory alone, as soon as anybody wants anything of it.</summary>
    /// <param name="after">What was added last.</param>
    /// <param name="isSparing">Page after page, however many there are.</param>
    public void FillRest(DirectoryListing listing, ListingBuilder builder, ObjectKey? after, bool isSparing = false) => _ = FillRestAsync(listing, builder, after, isSparing);

    private async Task FillRestAsync(DirectoryListing listing, ListingBuilder builder, ObjectKey? after, bool isSparing)
    {
        try
        {
            await listing.Progress.RoomAsync(ahead: 1, unwanted: 0).WaitAsync(_abandonAfter, _clock.TimeProvider, _stopping).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Fail(listing, failure);
            return;
        }
        await FillAsync(listing, builder, after, onQuiet: null, isSparing).ConfigureAwait(false);
    }

    private void ReportHidden(ListingBuilder builder)
    {
        if (builder.Hidden == 0)
            return;
        Interlocked.Add(ref _hidden, builder.Hidden);
        if (Interlocked.Exchange(ref _hiddenNamed, 1) == 0)
            LogMessages.HiddenKey(_logger, new ObjectKey(builder.FirstHidden!));
    }
}
