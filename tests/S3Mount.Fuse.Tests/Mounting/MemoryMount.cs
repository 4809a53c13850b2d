using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Testing.Fuse;

namespace S3Mount.Fuse.Tests.Mounting;

/// <summary>The test tree, mounted by mount(2) and served by this process, in a directory of its own.</summary>
internal sealed class MemoryMount : IAsyncDisposable
{
    private readonly string _directory;

    private MemoryMount(string directory, FuseMountOptions? mountOptions, FuseSessionOptions? sessionOptions)
    {
        _directory = directory;
        Mount = FuseMount.Create(directory, mountOptions ?? new FuseMountOptions { Source = "test#memory" });
        Session = new FuseSession(Mount.Device, Tree, sessionOptions ?? new FuseSessionOptions(), Log);
    }

    public MemoryFileSystem Tree { get; } = new(TestTree.Files);

    public TestLogger Log { get; } = new();

    public FuseMount Mount { get; }

    public FuseSession Session { get; }

    public string Path => Mount.Mountpoint;

    public static async Task<MemoryMount> StartAsync(
        FuseMountOptions? mountOptions = null, FuseSessionOptions? sessionOptions = null, Action<MemoryFileSystem>? prepare = null)
    {
        var mount = new MemoryMount(NewDirectory(), mountOptions, sessionOptions);
        prepare?.Invoke(mount.Tree);
        await mount.Session.StartAsync(default);
        return mount;
    }

    public static string NewDirectory() => Directory.CreateTempSubdirectory("s3mount-fuse-").FullName;

    public long Count(FuseOpcode opcode) => Session.Statistics.Count(opcode);

    /// <summary>Runs a line of sh in which $1 is the mountpoint.</summary>
    public Task<ShellResult> RunAsync(string line) => Shell.RunAsync(line, Path);

    public async ValueTask DisposeAsync()
    {
        Mount.Unmount(lazy: true);
        await Session.DisposeAsync();
        Directory.Delete(_directory);
    }
}
