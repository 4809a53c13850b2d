namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    /// <summary>Read at any time from any thread.</summary>
    public ObjectFileSystemStatistics Statistics =>
        new(_blocks.Budget.Used, _blocks.Budget.Limit, InodeCount, _listings.Count, _listings.SizeInBytes, _lister.HiddenKeys, SavedStatus, _options.DiskCache?.Statistics, _hydration?.Status);

    private SavedListings.SavedListingsStatus? SavedStatus =>
        _saver is null ? null : new(_options.SavedListings!.Path, _saver.MadeAt, _saved?.Unchecked ?? 0, _saved?.Checked ?? 0, _saved?.Differed ?? 0);
}
