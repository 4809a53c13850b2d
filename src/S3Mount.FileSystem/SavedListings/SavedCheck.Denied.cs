using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.SavedListings;

// Directories that may not be listed.
internal sealed partial class SavedCheck
{
    private int _denied;

    // That it may not be listed is what the store says of one directory; of keys that are unknown or clocks that are wrong it says as
    // much of all, and somebody will mend them (S3 API, Error responses).
    private static bool IsDenied(ObjectStoreException failure) => failure is { Failure: ObjectStoreFailure.AccessDenied, Code: null or "AccessDenied" };

    // It is left as if nothing had been saved: who reads it asks the store, and hears what it says.
    private async Task DenyAsync(DirectoryRefresh check, DirectoryInode directory, DirectoryListing? shown, ObjectStoreException denied)
    {
        if (!lister.DenySaved(directory))
            return;
        if (Interlocked.Exchange(ref _denied, 1) == 0)
            LogMessages.CheckDenied(logger, new ObjectKey(directory.Prefix), denied.Message);
        else
            LogMessages.CheckDeniedToo(logger, new ObjectKey(directory.Prefix), denied.Message);
        await check.ForgetAsync(directory, shown, stopping).ConfigureAwait(false);
    }
}
