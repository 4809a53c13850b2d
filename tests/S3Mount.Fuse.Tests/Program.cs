using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Session;
using S3Mount.Testing.Fuse;

namespace S3Mount.Fuse.Tests;

/// <summary>
/// Serves the test tree until it is unmounted: <c>serve MOUNTPOINT [allow-other]</c>; says <c>mounted</c> on stdout, or the
/// failure; SIGTERM unmounts. Or <c>unmount MOUNTPOINT [lazy]</c>. For tests that need a daemon of another user, or one that
/// can be killed.
/// </summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        try
        {
            switch (args)
            {
                case ["serve", var mountpoint, ..]:
                    await ServeAsync(mountpoint, new FuseMountOptions { Source = "test#memory, two", AllowOther = args.Contains("allow-other") });
                    return 0;
                case ["unmount", var mountpoint, ..]:
                    MountTable.Unmount(mountpoint, args.Contains("lazy"));
                    return 0;
                default:
                    return 2;
            }
        }
        catch (FuseException failure)
        {
            Console.WriteLine($"{failure.Failure}: {failure.Message}");
            return 1;
        }
    }

    private static async Task ServeAsync(string mountpoint, FuseMountOptions options)
    {
        FuseMount mount = FuseMount.Create(mountpoint, options);
        await using var session = new FuseSession(mount.Device, new MemoryFileSystem(TestTree.Files), new FuseSessionOptions(), NullLogger.Instance);
        await session.StartAsync(default);
        using PosixSignalRegistration stop = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            mount.Unmount(lazy: true);
        });
        Console.WriteLine("mounted");
        await session.Completion;
    }
}
