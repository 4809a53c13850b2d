using Microsoft.Extensions.Logging;
using S3Mount.FileSystem.Inodes;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing;

/// <summary>
/// Asks the store for directories and names, once at a time for each, and keeps what it said. Any thread. The store's own
/// deadline ends every request.
/// </summary>
internal sealed class DirectoryLister
{
    // Objects named like the key with more behind it sort between the key and its directory. One page of this many rules
    // out nearly every second request, at a sixteenth of the work of a full page for the store.
    private const int LookupPageKeys = 64;

    private readonly IObjectStore _store;
    private readonly ListingCache _cache;
    private readonly MountClock _clock;
    private readonly ObjectFileSystemOptions _options;
    private readonly ILogger _logger;
    private readonly RefreshLog _refreshLog;
    private readonly CancellationToken _stopping;
    private readonly SingleFlight<DirectoryInode, DirectoryListing> _listings = new();
    private readonly SingleFlight<(DirectoryInode Directory, string Name), LookupResult> _lookups = new();
    private int _lastGeneration;
    private int _hiddenNamed;
    private long _hidden;

    /// <param name="stopping">Trips when the mount ends; every request of the lister ends with it.</param>
    public DirectoryLister(IObjectStore store, ListingCache cache, MountClock clock, ObjectFileSystemOptions options, ILogger logger, CancellationToken stopping)
    {
        _store = store;
        _cache = cache;
        _clock = clock;
        _options = options;
        _logger = logger;
        _refreshLog = new RefreshLog(clock.TimeProvider, logger);
        _stopping = stopping;
    }

    /// <summary>Keys seen in listings that no path can name.</summary>
    public long HiddenKeys => Interlocked.Read(ref _hidden);

    /// <summary>Lists the directory anew, or joins a listing that is under way.</summary>
    /// <exception cref="ObjectStoreException"/>
    public Task<DirectoryListing> ListAsync(DirectoryInode directory, CancellationToken cancellationToken) =>
        _listings.RunAsync(directory, () => ListOnceAsync(directory), cancellationToken);

    /// <summary>The same, of a listing that began after this was called: it knows of whatever happened before.</summary>
    /// <exception cref="ObjectStoreException"/>
    public async Task<DirectoryListing> ListAnewAsync(DirectoryInode directory, CancellationToken cancellationToken)
    {
        bool isNew = false;
        Task<DirectoryListing> listing = _listings.RunAsync(directory, () =>
        {
            isNew = true;
            return ListOnceAsync(directory);
        }, cancellationToken);
        if (isNew)
            return await listing.ConfigureAwait(false);
        // One that was under way may have begun earlier, and may fail for those who asked for it. Whatever runs next has begun since.
        await ((Task)listing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return await ListAsync(directory, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the directory anew while nobody waits; failures are logged once a minute, and the next reader asks again.</summary>
    public void RefreshBehind(DirectoryInode directory) => _ = RefreshAsync(directory);

    /// <summary>Asks the store what one name in a directory stands for, without listing the directory, and keeps the answer.</summary>
    /// <param name="name">One that <see cref="EntryName.IsShown"/>, of a key that is not too long.</param>
    /// <exception cref="ObjectStoreException"/>
    public Task<LookupResult> LookUpAsync(DirectoryInode directory, byte[] name, CancellationToken cancellationToken) =>
        // Names are bytes, and Latin-1 maps each to a character of its own: a key that compares by value.
        _lookups.RunAsync((directory, System.Text.Encoding.Latin1.GetString(name)), () => LookUpOnceAsync(directory, name), cancellationToken);

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

    private async Task<DirectoryListing> ListOnceAsync(DirectoryInode directory)
    {
        // What the listing says holds from before it was asked for.
        long expiresAt = _clock.After(_options.MetadataTtl);
        var builder = new DirectoryListingBuilder(directory.Prefix.Length);
        var request = new ListPageRequest { Prefix = new ObjectKey(directory.Prefix), Delimiter = true };
        while (true)
        {
            ListPage page = await _store.ListPageAsync(request, _stopping).ConfigureAwait(false);
            builder.Add(page);
            if (page.NextContinuationToken is null)
                break;
            if (page.NextContinuationToken == request.ContinuationToken)
                throw new ObjectStoreException(ObjectStoreFailure.Malformed, "the listing repeats its continuation token") { Key = request.Prefix };
            request = request with { ContinuationToken = page.NextContinuationToken };
        }
        ReportHidden(builder);
        uint generation = (uint)Interlocked.Increment(ref _lastGeneration) & int.MaxValue;
        DirectoryListing listing = builder.Build(generation, expiresAt, _clock.StartSeconds);
        directory.LastListing = listing.Trace with { IsKept = _cache.Add(directory, listing) };
        return listing;
    }

    private async Task<LookupResult> LookUpOnceAsync(DirectoryInode directory, byte[] name)
    {
        // What the store says holds from before it was asked.
        long foundUntil = _clock.After(_options.MetadataTtl);
        long missingUntil = _clock.After(_options.NegativeMetadataTtl);
        byte[] key = directory.KeyOf(name);
        DirectoryEntry? entry = await AskAsync(key).ConfigureAwait(false);
        var result = new LookupResult(entry, entry is null ? missingUntil : foundUntil);
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

    private void ReportHidden(DirectoryListingBuilder builder)
    {
        if (builder.Hidden == 0)
            return;
        Interlocked.Add(ref _hidden, builder.Hidden);
        if (Interlocked.Exchange(ref _hiddenNamed, 1) == 0)
            LogMessages.HiddenKey(_logger, new ObjectKey(builder.FirstHidden!));
    }
}
