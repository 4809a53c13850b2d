namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    /// <summary>Read at any time from any thread.</summary>
    public ObjectFileSystemStatistics Statistics =>
        new(_blocks.Budget.Used, _blocks.Budget.Limit, InodeCount, _listings.Count, _listings.SizeInBytes, _lister.HiddenKeys);
}
