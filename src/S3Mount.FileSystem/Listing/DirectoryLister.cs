using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.FileSystem.Listing.Walks;
using S3Mount.FileSystem.SavedListings;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// Asks the store for directories and names, once at a time for each, and keeps what it said. Any thread. The store's own
/// deadline ends every request.
/// </summary>
internal sealed partial class DirectoryLister
{
    // Objects named like the key with more behind it sort between the key and its directory. One page of this many rules
    // out nearly every second request, at a sixteenth of the work of a full page for the store.
    private const int LookupPageKeys = 64;

    // How far a listing goes ahead of its readers: 14 MB of entries, and a second's work of a store at 200,000 keys a second.
    private const int MaxAhead = 200_000;

    // How far a listing goes that nobody has asked for yet: three pages hold nearly every directory of a dataset.
    private const int MaxUnwanted = 3000;

    // Who looks up so many names in a directory that he has not listed has a list of them: shards by their numbers, or the images of a
    // text file. One of two names may be all that he wants.
    private const int LookupsBeforeListing = 3;

    // How much further each lookup brings such a listing: two pages, so that a directory without end of which only a few names are wanted
    // costs three requests for each of them at most.
    private const int ListedByLookup = 2000;

    // A reader that works on each entry before it reads on has an hour for 32 KiB of them (ListingGenerations).
    private static readonly TimeSpan _abandonAfter = TimeSpan.FromHours(1);

    private readonly IObjectStore _store;
    private readonly ListingCache _cache;
    private readonly MountClock _clock;
    private readonly ObjectFileSystemOptions _options;
    private readonly ILogger _logger;
    private readonly RefreshLog _refreshLog;
    private readonly CancellationToken _stopping;
    private readonly KeyRangeScanner _scanner;
    private readonly KeyRangeScanner _scannerAhead;
    private readonly PinnedListings? _pinned;
    private readonly SavedTree? _saved;
    private readonly ConcurrentDictionary<DirectoryInode, DirectoryListing> _growing = new();
    private readonly SingleFlight<(DirectoryInode Directory, string Name), LookupResult> _lookups = new(IsOfTime);
    // Where the kernel may hold offsets of an earlier process's listings, none of them is one of these, but by a chance of one in thousands of
    // millions.
    private int _lastGeneration;
    private long _changes;
    private int _hiddenNamed;
    private long _hidden;

    /// <summary>Which listings will do.</summary>
    private enum Begun
    {
        /// <summary>Any that may answer.</summary>
        Before,

        /// <summary>One that has not come to its end, or a new one.</summary>
        UnderWay,

        /// <summary>A new one, whose first page has not been asked for yet.</summary>
        Now,
    }

    /// <param name="stopping">Trips when the mount ends; every request of the lister ends with it.</param>
    /// <param name="saved">What an earlier mount has left.</param>
    public DirectoryLister(
        IObjectStore store, ListingCache cache, MountClock clock, ObjectFileSystemOptions options, ILogger logger, CancellationToken stopping, SavedTree? saved = null)
    {
        _saved = saved;
        _store = store;
        _cache = cache;
        _clock = clock;
        _options = options;
        _logger = logger;
        _lastGeneration = options.Inodes is null ? 0 : Random.Shared.Next();
        _refreshLog = new RefreshLog(clock.TimeProvider, logger);
        _stopping = stopping;
        var scans = new KeyRangeScannerOptions { MaxRequests = Math.Max(1, options.MaxConnections * 3 / 4), MaxPagesAhead = options.ListPagesAhead };
        // Together: lookups and reads never wait for them.
        var requests = new SemaphoreSlim(scans.MaxRequests);
        _scanner = new KeyRangeScanner(store, scans with { IsFirstPageWaitedFor = true }, requests);
        _scannerAhead = new KeyRangeScanner(store, scans with { MaxPagesAhead = 1 }, requests);
        FlatWalks = new FlatWalks(this, store, requests, clock, options.MetadataTtl, stopping);
        if (options.Snapshot is { } snapshot)
        {
            _pinned = new PinnedListings(snapshot, System.Text.Encoding.UTF8.GetByteCount(options.Prefix), clock.StartSeconds);
            FlatWalks.Refuse();
        }
    }

    /// <summary>Whether any listing is under way.</summary>
    public bool IsListing => !_growing.IsEmpty;

    /// <summary>Keys seen in listings that no path can name.</summary>
    public long HiddenKeys => Interlocked.Read(ref _hidden);

    /// <summary>
    /// Lists a directory that has no listing that may answer, or joins one that is under way, or has come to its end meanwhile. It can be
    /// read while it grows.
    /// </summary>
    public DirectoryListing Open(DirectoryInode directory) => Open(directory, onQuiet: null, Begun.Before);

    /// <summary>Lists a directory that nobody has asked for yet, as far as a few pages.</summary>
    /// <param name="onQuiet">Called once, when it asks nothing more of the store for now.</param>
    public void OpenAhead(DirectoryInode directory, Action onQuiet) => Open(directory, onQuiet, Begun.Before);

    /// <summary>
    /// A name is looked up in a directory that has never been listed: once there have been a few, it is listed behind, as far as lookups
    /// have paid for. A listing that grows answers for what it has come to.
    /// </summary>
    public void ListForLookups(DirectoryInode directory)
    {
        int lookups = directory.CountLookupAlone();
        if (lookups < LookupsBeforeListing || _pinned is not null || _options.MetadataTtl == TimeSpan.Zero)
            return;
        // One that failed, or has expired before it came to its end, is not begun again at every lookup.
        if (lookups > LookupsBeforeListing && !int.IsPow2(lookups) && FindGrowing(directory) is null)
            return;
        DirectoryListing listing = Open(directory, onQuiet: static () => { }, Begun.Before, isForLookups: true);
        listing.Progress.Allow((int)Math.Min(int.MaxValue, MaxUnwanted + ((long)(lookups - LookupsBeforeListing) * ListedByLookup)));
    }

    /// <summary>
    /// A name is looked up in a directory whose listing has made room before its time: whether as many have been, each with a request of its
    /// own, as listing it anew would take. Whoever looks up few names costs no more than these, and whoever looks up many twice as much.
    /// </summary>
    public static bool IsMissed(DirectoryInode directory, ListingTrace listed) => directory.CountLookupAlone() % Math.Max(LookupsBeforeListing, listed.Pages) == 0;

    private DirectoryListing Open(DirectoryInode directory, Action? onQuiet, Begun begun, bool isSparing = false, bool isForLookups = false)
    {
        if (begun == Begun.Before && ShowSaved(directory) is { } shown)
        {
            onQuiet?.Invoke();
            return shown;
        }
        while (true)
        {
            // One that has begun to say things says them as of when it began.
            if (_growing.TryGetValue(directory, out DirectoryListing? growing) && begun != Begun.Now && (growing.Count == 0 || !_clock.HasPassed(growing.ExpiresAt))
                && (isForLookups || !growing.IsForLookups))
            {
                onQuiet?.Invoke();
                return growing;
            }
            // It enters the cache before it leaves those under way.
            if (growing is null && begun == Begun.Before && _cache.FindListing(directory) is { } ready && (isForLookups || !ready.IsForLookups))
            {
                onQuiet?.Invoke();
                return ready;
            }
            DirectoryListing listing = Create(directory, isForLookups, isCompared: begun == Begun.Now);
            bool isMine = growing is null ? _growing.TryAdd(directory, listing) : _growing.TryUpdate(directory, listing, growing);
            if (!isMine)
                continue;
            if (growing is not null)
                directory.Stray(growing.Generation);
            // No reader of the directory ever joins one for lookups, so none can be waiting for it.
            if (growing is { IsForLookups: true })
                growing.Progress.Supersede();
            if (_pinned is not null && onQuiet is null)
                FillPinned(listing, onQuiet);
            else if (_pinned is not null)
                // Beside the walk, not in its way.
                ThreadPool.QueueUserWorkItem(static work => work.Lister.FillPinned(work.Listing, work.OnQuiet), (Lister: this, Listing: listing, OnQuiet: onQuiet), preferLocal: false);
            else if (onQuiet is not null || begun == Begun.Now || !FlatWalks.TryAdopt(listing))
                _ = FillAsync(listing, CreateBuilder(listing), after: null, onQuiet, isSparing);
            return listing;
        }
    }

    /// <summary>The listing that is under way, if it may answer for what it has come to.</summary>
    public DirectoryListing? FindGrowing(DirectoryInode directory) =>
        _growing.TryGetValue(directory, out DirectoryListing? growing) && !_clock.HasPassed(growing.ExpiresAt) ? growing : null;

    /// <summary>Lists the whole directory anew, or joins a listing that is under way.</summary>
    /// <exception cref="ObjectStoreException"/>
    public async Task<DirectoryListing> ListAsync(DirectoryInode directory, CancellationToken cancellationToken)
    {
        DirectoryListing listing = Open(directory, onQuiet: null, Begun.UnderWay);
        await listing.Progress.WaitForAllAsync(cancellationToken).ConfigureAwait(false);
        return listing;
    }

    /// <summary>The same, of a listing that began after this was called: it knows of whatever happened before.</summary>
    /// <exception cref="ObjectStoreException"/>
    /// <param name="isSparing">Page after page, however many there are.</param>
    public async Task<DirectoryListing> ListAnewAsync(DirectoryInode directory, bool isSparing, CancellationToken cancellationToken)
    {
        DirectoryListing listing = Open(directory, onQuiet: null, Begun.Now, isSparing);
        await listing.Progress.WaitForAllAsync(cancellationToken).ConfigureAwait(false);
        return listing;
    }

    /// <summary>Lists the directory anew while nobody waits; failures are logged once a minute, and the next reader asks again.</summary>
    public void RefreshBehind(DirectoryInode directory) => _ = RefreshAsync(directory);

    /// <summary>Asks the store what one name in a directory stands for, without listing the directory, and keeps the answer.</summary>
    /// <param name="name">One that <see cref="EntryName.IsShown"/>, of a key that is not too long.</param>
    /// <exception cref="ObjectStoreException"/>
    public Task<LookupResult> LookUpAsync(DirectoryInode directory, byte[] name, CancellationToken cancellationToken) =>
        // Names are bytes, and Latin-1 maps each to a character of its own: a key that compares by value.
        _lookups.RunAsync((directory, System.Text.Encoding.Latin1.GetString(name)), () => LookUpOnceAsync(directory, name), cancellationToken);

    /// <summary>Whether the store was asked for as long as a request may take: who came later has time left.</summary>
    public static bool IsOfTime(Exception failure) => failure is ObjectStoreException { Failure: ObjectStoreFailure.Unavailable or ObjectStoreFailure.NoCredentials };

    private async Task RefreshAsync(DirectoryInode directory)
    {
        try
        {
            await ListAsync(directory, _stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception failure)
        {
            _refreshLog.Report(new ObjectKey(directory.Prefix), failure);
        }
    }

    // What the listing says holds from before it was asked for.
    private DirectoryListing Create(DirectoryInode directory, bool isForLookups = false, bool isCompared = false)
    {
        uint generation = (uint)Interlocked.Increment(ref _lastGeneration) & int.MaxValue;
        return new DirectoryListing(directory, generation, _clock.After(_options.MetadataTtl)) { IsForLookups = isForLookups, Retimed = isCompared ? [] : null };
    }

    private void FillPinned(DirectoryListing listing, Action? onQuiet)
    {
        try
        {
            _pinned!.Fill(listing);
            Keep(listing, isScanned: false);
        }
        catch (Exception failure)
        {
            Fail(listing, failure);
        }
        onQuiet?.Invoke();
    }

    private void Keep(DirectoryListing listing, bool isScanned)
    {
        // Another one may have begun since, and may even have ended.
        if (!_growing.TryGetValue(listing.Directory, out DirectoryListing? latest) || latest != listing)
            return;
        ListingTrace? before = listing.Directory.LastListing;
        if (_saved is not null)
            _saved.Replace(listing, before, Add);
        else
            Add();
        if (before is null || !before.IsSameAs(listing.Trace))
            Interlocked.Increment(ref _changes);
        listing.Directory.ForgetLookupsAlone();
        _growing.TryRemove(new(listing.Directory, listing));

        void Add()
        {
            bool isKept = _cache.Add(listing.Directory, listing);
            // What was saved does not expire by itself.
            if (!isKept && _cache.FindPrevious(listing.Directory) is { Saved: not null })
                _cache.Forget(listing.Directory);
            listing.Directory.LastListing = listing.Trace.After(before) with { IsKept = isKept, IsScanned = isScanned, IsForLookups = listing.IsForLookups };
        }
    }

    // Goes on where the builder is. Never throws: whoever waits for the listing hears of its failure.
    private async Task FillAsync(DirectoryListing listing, ListingBuilder builder, ObjectKey? after, Action? onQuiet, bool isSparing = false)
    {
        try
        {
            // Page after page while nobody has asked for it, then as fast as the store can.
            bool isWhole = onQuiet is not null && await AddPagesAsync(_scannerAhead, listing, builder, after, () => Interlocked.Exchange(ref onQuiet, null)?.Invoke()).ConfigureAwait(false);
            if (!isWhole)
                await AddPagesAsync(isSparing ? _scannerAhead : _scanner, listing, builder, builder.LastKey ?? after, onPause: null).ConfigureAwait(false);
            if (!builder.IsOrdered)
                FlatWalks.Refuse();
            Complete(listing, builder, isScanned: false);
        }
        catch (Exception failure)
        {
            Fail(listing, failure);
        }
        onQuiet?.Invoke();
    }

    /// <param name="onPause">
    /// Called when the listing has come as far as it may before anybody wants it; the scan ends when somebody does.
    /// </param>
    /// <returns>Whether the range came to its end.</returns>
    private async Task<bool> AddPagesAsync(KeyRangeScanner scanner, DirectoryListing listing, ListingBuilder builder, ObjectKey? after, Action? onPause)
    {
        var range = new KeyRange { Prefix = new ObjectKey(listing.Directory.Prefix), Delimiter = true, After = after };
        await foreach (ListPage page in scanner.ScanAsync(range, _stopping).ConfigureAwait(false))
        {
            builder.Add(page);
            Task room = listing.Progress.RoomAsync(MaxAhead, MaxUnwanted);
            if (room.IsCompleted)
                continue;
            onPause?.Invoke();
            await room.WaitAsync(_abandonAfter, _clock.TimeProvider, _stopping).ConfigureAwait(false);
            // Keys out of order: there is no key from which on the rest could be asked for.
            if (onPause is not null && builder.IsOrdered && listing.Progress.IsWanted)
                return false;
        }
        return true;
    }

    private async Task<LookupResult> LookUpOnceAsync(DirectoryInode directory, byte[] name)
    {
        if (_pinned is not null)
            return _pinned.LookUp(directory, name);
        // What the store says holds from before it was asked.
        long foundUntil = _clock.After(_options.MetadataTtl);
        long missingUntil = _clock.After(_options.NegativeMetadataTtl);
        byte[] key = directory.KeyOf(name);
        int era = directory.LookupEra;
        DirectoryEntry? entry = await AskAsync(key).ConfigureAwait(false);
        var result = new LookupResult(entry, entry is null ? missingUntil : foundUntil, era);
        _cache.Add(directory, name, result);
        return result;
    }

    private async Task<DirectoryEntry?> AskAsync(byte[] key)
    {
        byte[] prefix = [.. key, (byte)'/'];
        var request = new ListPageRequest { Prefix = new ObjectKey(key), Delimiter = true, MaxKeys = LookupPageKeys };
        ListPage page = await _store.ListPageAsync(request, _stopping).ConfigureAwait(false);
        DirectoryEntry? file = null;
        bool passedPrefix = !page.IsTruncated;
        foreach (ref readonly ListedPrefix listed in page.CommonPrefixes.Span)
        {
            int order = page.KeyOf(listed).SequenceCompareTo(prefix);
            if (order == 0)
                return DirectoryEntry.Directory;
            passedPrefix |= order > 0;
        }
        foreach (ref readonly ListedObject listed in page.Objects.Span)
        {
            ReadOnlySpan<byte> found = page.KeyOf(listed);
            if (found.SequenceEqual(key))
                file = DirectoryEntry.File(listed.Version, listed.StorageClass);
            passedPrefix |= found.SequenceCompareTo(prefix) > 0;
        }
        if (passedPrefix || prefix.Length > ObjectKey.MaxLength)
            return file;
        ListPage below = await _store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey(prefix), Delimiter = true, MaxKeys = 1 }, _stopping).ConfigureAwait(false);
        return below.Objects.Length + below.CommonPrefixes.Length > 0 ? DirectoryEntry.Directory : file;
    }
}
