using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Snapshots;
using S3Mount.Fuse.Session;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem;

public sealed partial class ObjectFileSystem
{
    /// <summary>
    /// Saves what is known of the tree for the next mount, if <see cref="ObjectFileSystemOptions.SavedListings"/> says where and
    /// anything has changed. Called once, when the mount has ended and before this is disposed.
    /// </summary>
    /// <param name="deadline">After which what was saved before stays.</param>
    public async Task SaveListingsAsync(TimeSpan deadline)
    {
        if (_saver is null)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _saver.SaveLastAsync(deadline).ConfigureAwait(false);
    }

    private SavedCheck CreateCheck(SavedTree saved, IObjectStore store) =>
        new(saved, store, _lister, () => CreateRefresh(isSparing: true), _clock, _options.MaxConnections, _logger, _stopping.Token);

    private DirectoryRefresh CreateRefresh(bool isSparing) => new(_listings, _lister, _connection?.Notifier, _clock) { IsSparing = isSparing };

    private ListingSaver CreateSaver(SavedListingsFile file)
    {
        var saver = new ListingSaver(file, _lister, Write, _clock.TimeProvider, _logger, _stopping.Token);
        file.LetGo();
        return saver;

        (SummaryRecord Summary, StringTable Strings) Write(IDirectorySink sink, CancellationToken cancellationToken)
        {
            var writer = new SavedTreeWriter(_inodes, _listings, _saved, sink);
            return (writer.Write(cancellationToken), writer.Strings);
        }
    }

    // The kernel remembers for the TTL what has not been checked; told or not, it asks again then.
    private long ExpiryOf(DirectoryListing listing) => listing.IsUnchecked ? _clock.After(_options.MetadataTtl) : listing.ExpiresAt;

    // What is not in a saved listing is for the store to say.
    private bool TryAnswerFromSaved(FuseRequest request, DirectoryInode directory, ReadOnlySpan<byte> name)
    {
        if (_lister.LookUpSaved(directory, name) is not { } entry)
            return false;
        ReplyEntry(request, directory, name, entry, _clock.After(_options.MetadataTtl));
        return true;
    }

    // A read has found that a directory is not what it was.
    private void DoubtSaved(DirectoryInode directory)
    {
        // Where names alone were shown, there must be a listing that can be doubted.
        _lister.ShowSaved(directory);
        _check?.Hurry(directory);
    }
}
