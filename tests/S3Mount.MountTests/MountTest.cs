using NUnit.Framework.Interfaces;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;

namespace S3Mount.MountTests;

/// <summary>
/// A test of real mounts. Whatever it has mounted is unmounted when it ends: in order, and asserted, when it passed; by force,
/// and with the daemon's log, when it failed.
/// </summary>
public abstract class MountTest
{
    private readonly List<MountedBucket> _mounts = [];
    private readonly List<TempDirectory> _directories = [];

    [TearDown]
    public async Task End_all_mounts()
    {
        bool failed = TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed;
        try
        {
            foreach (MountedBucket mount in _mounts.Where(mount => !mount.HasEnded))
            {
                if (failed)
                    await mount.DumpAsync();
                else
                    await mount.EndAsync();
            }
        }
        finally
        {
            foreach (MountedBucket mount in _mounts.Where(mount => !mount.HasEnded))
                await mount.DumpAsync();
            _mounts.Clear();
            _directories.ForEach(directory => directory.Dispose());
            _directories.Clear();
        }
    }

    private protected Task<MountedBucket> MountAsync(TestBucket bucket, params string[] arguments) =>
        MountAsync(new MountSetup { Store = bucket.Store, Target = bucket.Name, Arguments = arguments });

    private protected async Task<MountedBucket> MountAsync(MountSetup setup)
    {
        MountedBucket mount = await MountedBucket.StartAsync(setup);
        _mounts.Add(mount);
        return mount;
    }

    /// <summary>A directory on the local disk; it goes with the test.</summary>
    private protected TempDirectory NewDirectory()
    {
        var directory = new TempDirectory("s3mount-client");
        _directories.Add(directory);
        return directory;
    }
}
