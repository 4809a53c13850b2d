using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>What <c>make install</c> makes of what <c>make build</c> has built, in a directory of the test's own.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class InstallTests : MountTest
{
    private string _root = null!;

    [SetUp]
    public async Task Install()
    {
        string repository = Repository();
        if (!File.Exists(Path.Join(repository, "out/s3mount")))
            Assert.Ignore("make build has not been run");
        _root = NewDirectory().Path;
        (await ChildProcess.RunAsync("make", ["--no-print-directory", "-C", repository, "install", $"DESTDIR={_root}"])).EnsureSuccess();
    }

    [Test]
    public async Task The_program_starts_through_its_link_and_mounts()
    {
        string program = _root + "/usr/local/bin/s3mount";
        Assert.That(new FileInfo(program).LinkTarget, Is.EqualTo("../lib/s3mount/s3mount"), "it must not lead to where it was staged");
        ChildResult version = await ChildProcess.RunAsync(program, ["--version"]);
        Assert.That((version.ExitCode, version.Error), Is.EqualTo((0, "")));
        Assert.That(version.Output, Does.Match(@"^s3mount \d+\.\d+\.\d+\n$"));

        await using S3TestServer server = await S3TestServer.StartAsync();
        server.CreateBucket("installed").Put("file", "text");
        string mountpoint = NewDirectory().CreateDirectory("mnt");
        var options = new ChildProcessOptions { Environment = StoreAddress.Of(server).Environment };
        // In the background: the daemon is a second process of the same program. By a name that PATH finds, as from a shell.
        ChildResult result = await ChildProcess.RunAsync("/bin/bash",
            ["-c", "PATH=$1:$PATH; s3mount installed $2 --endpoint-url $3 && cat $2/file && s3mount umount $2", "bash", Path.GetDirectoryName(program)!, mountpoint, server.Url], options);
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "text", "")));
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(mountpoint).Count == 0, TimeSpan.FromSeconds(20), "the daemon has ended");
    }

    [TestCase("-f")]
    [TestCase("--max-connections=8")]
    public async Task A_program_without_its_library_names_it(string option)
    {
        string program = _root + "/usr/local/lib/s3mount/s3mount";
        File.Delete(_root + "/usr/local/lib/s3mount/libMonoPosixHelper.so");
        ChildResult result = await ChildProcess.RunAsync(program, ["no-such-bucket", NewDirectory().Path, option, "--endpoint-url", "http://127.0.0.1:1"]);
        Assert.That(result.ExitCode, Is.EqualTo(1));
        Assert.That(result.Error, Does.EndWith($"s3mount: libMonoPosixHelper.so is missing; it belongs beside {program}\n").And.Not.Contain("Unhandled"));
    }

    [Test]
    public async Task Systemd_finds_the_installed_program_and_nothing_wrong_with_the_installed_unit()
    {
        if (!File.Exists("/usr/bin/systemd-analyze") || !Environment.IsPrivilegedProcess)
            Assert.Ignore("needs systemd-analyze and root");
        // In a mount namespace of its own, where what was installed is where it belongs.
        ChildResult result = await ChildProcess.RunAsync("unshare",
            ["-m", "sh", "-c", "mount --bind \"$1/usr/local\" /usr/local && systemd-analyze verify \"$1/etc/systemd/system/s3mount@.service\"", "sh", _root]);
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "", "")));
    }

    [Test]
    public async Task The_installed_example_is_fine()
    {
        ChildResult result = await ChildProcess.RunAsync(_root + "/usr/local/bin/s3mount", ["config", "check", _root + "/usr/local/share/doc/s3mount/examples/imagenet.yaml"]);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
    }

    [Test]
    public async Task The_installed_module_is_found_where_the_readme_says()
    {
        ChildResult result = await ChildProcess.RunAsync("/usr/bin/python3",
            ["-B", "-c", "import sys; sys.path.append(sys.argv[1]); import s3mount_hints; print(list(s3mount_hints.ahead([2, 0, 1], paths=['a', 'b', 'c'])))", _root + "/usr/local/share/s3mount/python"]);
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((0, "[2, 0, 1]\n")), result.Error);
    }

    [Test]
    public async Task The_mount_helper_leads_to_the_program_and_checks_a_line_of_fstab()
    {
        Assert.That(new FileInfo(_root + "/sbin/mount.s3mount").LinkTarget, Is.EqualTo("/usr/local/lib/s3mount/s3mount"));
        // Under the name that mount(8) calls it by, from where it was staged.
        string helper = NewDirectory()["mount.s3mount"];
        File.CreateSymbolicLink(helper, _root + "/usr/local/lib/s3mount/s3mount");
        ChildResult fine = await ChildProcess.RunAsync(helper, ["bucket", "/mnt", "-f", "-v", "-o", "rw,metadata_ttl=10m"]);
        Assert.That((fine.ExitCode, fine.Output, fine.Error), Is.EqualTo((0, "s3mount s3://bucket /mnt -o metadata_ttl=10m,fsname=bucket\n", "")));
        ChildResult wrong = await ChildProcess.RunAsync(helper, ["bucket", "/mnt", "-f", "-o", "rw,nope"]);
        Assert.That((wrong.ExitCode, wrong.Output, wrong.Error), Is.EqualTo((1, "", "s3mount: -o nope: unknown option; see s3mount --help\n")));
    }

    [TestCase("")]
    [TestCase("PREFIX=/opt/s3mount UNITS= HELPERS=")]
    public async Task What_install_has_installed_uninstall_removes(string variables)
    {
        string root = NewDirectory().CreateDirectory("root");
        string other = Path.Join(root, "usr/local/bin/other");
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        await File.WriteAllTextAsync(other, "stays");
        string[] arguments = [$"DESTDIR={root}", .. variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        foreach (string target in (string[])["install", "uninstall"])
        {
            (await ChildProcess.RunAsync("make", ["--no-print-directory", "-C", Repository(), target, .. arguments])).EnsureSuccess();
            string[] files = [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(file => file != other)];
            Assert.That(files.Length, target == "install" ? Is.GreaterThan(8) : Is.Zero, string.Join(' ', files));
        }
        Assert.That(File.Exists(other), Is.True);
    }

    private static string Repository()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Join(root.FullName, "s3mount.sln")))
            root = root.Parent;
        return root?.FullName ?? throw new DirectoryNotFoundException($"there is no s3mount.sln above {AppContext.BaseDirectory}");
    }
}
