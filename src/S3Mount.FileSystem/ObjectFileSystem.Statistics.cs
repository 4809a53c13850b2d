namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    // A line of a terminal has room for no more.
    private const int MaxBeingReadNamed = 4;

    /// <summary>Read at any time from any thread.</summary>
    public ObjectFileSystemStatistics Statistics =>
        new(_blocks.Budget.Used, _blocks.Budget.Limit, InodeCount, _listings.Count, _listings.SizeInBytes, _lister.HiddenKeys, SavedStatus, _options.DiskCache?.Statistics, _hydration?.Status)
        {
            Reads = Reads,
            BeingRead = _fetcher.BeingRead(_options.Prefix, MaxBeingReadNamed),
        };

    /// <summary>The part of it that is had for next to nothing: what readers got, and what they waited for.</summary>
    public Reading.ReadStatistics Reads => _fetcher.Counters.Read();

    /// <summary>Bytes that readers got from the disk cache.</summary>
    public long DiskBytes => _options.DiskCache?.HitBytes ?? 0;

    private SavedListings.SavedListingsStatus? SavedStatus =>
        _saver is null ? null : new(_options.SavedListings!.Path, _saver.MadeAt, _saved?.Unchecked ?? 0, _saved?.Checked ?? 0, _saved?.Differed ?? 0);
}
