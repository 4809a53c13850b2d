using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Packages;

/// <summary>
/// A Debian of its own, as small as there is one, in a directory: what the package depends on, a few tools, and nothing of s3mount.
/// </summary>
internal sealed class DebianRoot : IDisposable
{
    /// <summary>What the package depends on or recommends, with what that depends on.</summary>
    private const string Packages = "ca-certificates,fuse3,libssl3,libstdc++6,mount,zlib1g";

    private static readonly TimeSpan _bootstrapDeadline = TimeSpan.FromMinutes(5);

    private readonly TempDirectory _directory = new("s3mount-debian");

    private DebianRoot()
    {
    }

    public string Path => _directory["root"];

    /// <summary>Ends the test as ignored, and says why, where none can be made.</summary>
    public static async Task<DebianRoot> CreateAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/debootstrap") || !File.Exists("/usr/bin/apt-get"))
            Assert.Ignore("needs root, Debian and debootstrap");
        string kept = await BootstrapAsync();
        var root = new DebianRoot();
        (await ChildProcess.RunAsync("cp", ["-a", "--reflink=auto", kept, root.Path])).EnsureSuccess();
        return root;
    }

    /// <summary>Puts a file into it.</summary>
    public void Write(string path, string text)
    {
        string file = System.IO.Path.Join(Path, path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>
    /// Runs a script there as root, with nothing in its environment but PATH. Mounts and processes are those of the script alone: all end
    /// with it.
    /// </summary>
    public async Task<ChildResult> RunAsync(string script)
    {
        const string Enter = """
            mount --bind "$1" "$1"
            mount -t proc proc "$1/proc"
            mount -t tmpfs tmpfs "$1/run"
            mount -t tmpfs -o mode=755 tmpfs "$1/dev"
            while read -r name numbers; do mknod -m 666 "$1/dev/$name" c $numbers; done <<<$'null 1 3\nzero 1 5\nrandom 1 8\nurandom 1 9\ntty 5 0\nfuse 10 229'
            exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/bash -euc "$2"
            """;
        var options = new ChildProcessOptions { Deadline = TimeSpan.FromSeconds(120) };
        return await ChildProcess.RunAsync("unshare", ["--mount", "--pid", "--fork", "--kill-child", "bash", "-euc", Enter, "bash", Path, script], options, TestContext.CurrentContext.CancellationToken);
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>It takes half a minute and comes from the network: once for a checkout.</summary>
    private static async Task<string> BootstrapAsync()
    {
        string kept = System.IO.Path.Join(Repository.Root, "TestResults/debian-root");
        string stamp = kept + ".packages";
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == Packages)
            return kept;
        string mirror = await MirrorAsync();
        (await ChildProcess.RunAsync("rm", ["-rf", "--one-file-system", kept, stamp])).EnsureSuccess();
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(kept)!);
        var options = new ChildProcessOptions { Deadline = _bootstrapDeadline, Environment = await ProxiesAsync() };
        (await ChildProcess.RunAsync("debootstrap", ["--variant=minbase", $"--include={Packages}", "bookworm", kept, mirror], options, TestContext.CurrentContext.CancellationToken)).EnsureSuccess();
        await File.WriteAllTextAsync(stamp, Packages);
        return kept;
    }

    // Where this machine itself gets Debian 12 from.
    private static async Task<string> MirrorAsync()
    {
        ChildResult targets = await ChildProcess.RunAsync("apt-get", ["indextargets", "--format", "$(CODENAME) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"]);
        string? line = targets.EnsureSuccess().OutputLines.FirstOrDefault(line => line.StartsWith("bookworm main ", StringComparison.Ordinal));
        if (line is null)
            Assert.Ignore("this machine has no source of Debian 12 in /etc/apt");
        return line!.Split(' ')[2];
    }

    // Those of this machine, by which tests otherwise never go.
    private static async Task<Dictionary<string, string?>> ProxiesAsync()
    {
        Dictionary<string, string?> found = [];
        foreach (string name in (string[])["http_proxy", "https_proxy", "no_proxy"])
            found[name] = Environment.GetEnvironmentVariable(name) ?? Environment.GetEnvironmentVariable(name.ToUpperInvariant());
        ChildResult apt = await ChildProcess.RunAsync("apt-config", ["shell", "proxy", "Acquire::http::Proxy"]);
        // proxy='http://...', or nothing.
        if (apt.EnsureSuccess().Output.Split('\'') is [_, var proxy, ..])
            found["http_proxy"] = proxy;
        return found;
    }
}
