using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Session;
using S3Mount.Testing.Fuse;

namespace S3Mount.Fuse.Tests;

/// <summary>
/// Serves the test tree until it is unmounted: <c>serve MOUNTPOINT [allow-other]</c>. Says <c>mounted</c> on stdout, or the
/// failure; SIGTERM unmounts. For tests that need a daemon of another user, or one that can be killed.
/// </summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is not ["serve", var mountpoint, ..])
            return 2;
        try
        {
            var options = new FuseMountOptions { Source = "test#memory", AllowOther = args.Contains("allow-other") };
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
            return 0;
        }
        catch (FuseException failure)
        {
            Console.WriteLine($"{failure.Failure}: {failure.Message}");
            return 1;
        }
    }
}
