using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests.Packages;

/// <summary>The Debian package and the tar.gz, in a Debian that has never seen them. Every test leaves it for the next one.</summary>
[Category("mount")]
[CancelAfter(300_000)]
public sealed class PackageTests
{
    // Everything there but what dpkg and its scripts keep of any package.
    private const string ListFiles = "find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /packages -o -path /var/lib/dpkg -o -path /var/log -o -path /var/cache \\) -prune -o -printf '%p %l\\n' | sort";

    private readonly byte[] _content = Ramp.Create(3_000_000);
    private TempDirectory _directory = null!;
    private S3TestServer _server = null!;
    private DebianRoot _root = null!;
    private BuiltPackage _package = null!;
    private string _version = null!;
    private string _before = null!;

    [OneTimeSetUp]
    public async Task Build_the_package_and_make_a_machine()
    {
        _directory = new TempDirectory("s3mount-packages");
        _root = await DebianRoot.CreateAsync();
        _version = await PackageOfThisRun.VersionAsync();
        _package = await PackageOfThisRun.GetAsync();
        _server = await S3TestServer.StartAsync();
        _server.CreateBucket("packaged").Put("set/train/0.bin", _content);
        _server.CreateBucket("public", isPublic: true).Put("set/train/0.bin", _content);
        _root.Write("root/.aws/credentials", $"[default]\naws_access_key_id = {S3ServerOptions.DefaultAccessKey}\naws_secret_access_key = {S3ServerOptions.DefaultSecretKey}\n");
        string store = $"endpoint_url={_server.Url},region=us-east-1";
        _root.Write("etc/fstab", $"""
            packaged/set /datasets/set s3mount _netdev,nofail,allow_other,metadata_ttl=10m,{store} 0 0
            public/set /datasets/user s3mount noauto,user,no-sign-request,{store} 0 0

            """);
        Directory.CreateDirectory(Path.Join(_root.Path, "packages"));
        Directory.CreateDirectory(Path.Join(_root.Path, "datasets/set"));
        Directory.CreateDirectory(Path.Join(_root.Path, "datasets/user"));
        File.Copy(_package.Deb, Path.Join(_root.Path, "packages/first.deb"));
        _before = (await _root.RunAsync(ListFiles)).EnsureSuccess().Output;
    }

    [OneTimeTearDown]
    public async Task Remove_the_machine()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _root?.Dispose();
        _directory?.Dispose();
    }

    [Test]
    public async Task Lintian_finds_no_error_and_no_warning_that_is_not_explained()
    {
        ChildResult result = await ChildProcess.RunAsync("lintian", ["--allow-root", "--fail-on", "error,warning", _package.Deb], new ChildProcessOptions { Deadline = TimeSpan.FromSeconds(180) });
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((0, "")), result.Error);
    }

    [Test]
    public async Task The_same_program_makes_the_same_bytes()
    {
        BuiltPackage again = await BuiltPackage.MakeAsync(_directory.CreateDirectory("again"), _version);
        foreach ((string one, string other) in new[] { (_package.Deb, again.Deb), (_package.Archive, again.Archive) })
            (await ChildProcess.RunAsync("cmp", [one, other])).EnsureSuccess();
    }

    [Test]
    [Order(1)]
    public async Task A_fresh_machine_installs_it_and_mounts_a_line_of_fstab()
    {
        // In an environment that has neither HOME nor credentials, as when the machine starts.
        ChildResult result = await _root.RunAsync("""
            dpkg -i /packages/first.deb >/dev/null
            s3mount --version
            mount /datasets/set
            mount -a
            grep -c ' /datasets/set ' /proc/self/mountinfo
            findmnt -no FSTYPE,SOURCE /datasets/set
            sha256sum </datasets/set/train/0.bin
            umount /datasets/set
            for i in $(seq 200); do readlink /proc/[0-9]*/exe | grep -qx /usr/lib/s3mount/s3mount || { echo ended; break; }; sleep 0.1; done
            """);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines, Is.EqualTo((string[])[$"s3mount {_version}", "1", "fuse.s3mount packaged/set", $"{Digest}  -", "ended"]));
    }

    [Test]
    [Order(2)]
    public async Task The_kinds_of_mount_that_the_manual_names_work()
    {
        ChildResult result = await _root.RunAsync($"""
            for type in s3mount fuse.s3mount; do
                mount -t $type packaged/set /datasets/set -o endpoint-url={_server.Url},region=us-east-1
                sha256sum </datasets/set/train/0.bin
                umount /datasets/set
            done
            mount -f /datasets/set
            ! grep ' /datasets/set ' /proc/self/mountinfo
            chown nobody /datasets/user
            setpriv --reuid=nobody --regid=nogroup --clear-groups sh -ec '
                mount /datasets/user
                sha256sum </datasets/user/train/0.bin
                findmnt -no OPTIONS /datasets/user
                umount /datasets/user'
            ! grep ' /datasets/user ' /proc/self/mountinfo
            """);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")), result.Output);
        Assert.That(result.OutputLines, Has.Length.EqualTo(4));
        Assert.That(result.OutputLines[..3], Is.All.EqualTo($"{Digest}  -"));
        Assert.That(result.OutputLines[3], Does.Contain("nosuid").And.Contain("noexec").And.StartWith("ro,"));
    }

    [TestCase("nope", "-o nope: unknown option", 1)]
    [TestCase("metadata_ttl=soon", "-o metadata_ttl: 'soon' is not a duration", 1)]
    [TestCase("profile=nobody", "profile", 32)]
    [Order(3)]
    public async Task What_is_wrong_with_a_line_is_named(string option, string message, int exitCode)
    {
        ChildResult result = await _root.RunAsync($"mount -t s3mount packaged/set /datasets/set -o {option},endpoint_url={_server.Url}");
        Assert.That(result.Error, Does.Match("^s3mount: [^\n]+\n$").And.Contain(message));
        Assert.That(result.ExitCode, Is.EqualTo(exitCode));
    }

    [Test]
    [Order(4)]
    public async Task An_upgrade_and_a_removal_leave_a_running_mount_alone()
    {
        BuiltPackage next = await BuiltPackage.MakeAsync(_directory.CreateDirectory("next"), _version + "+next", "debian");
        File.Copy(next.Deb, Path.Join(_root.Path, "packages/next.deb"));
        ChildResult result = await _root.RunAsync("""
            mount /datasets/set
            dpkg -i /packages/next.deb >/dev/null
            dpkg-query -W -f '${Version}\n' s3mount
            sha256sum </datasets/set/train/0.bin
            s3mount status /datasets/set | grep -c '^  daemon '
            touch /etc/s3mount/mine.conf
            dpkg -r s3mount >/dev/null 2>&1
            ls /datasets/set/train
            umount /datasets/set
            ! command -v s3mount
            ls /etc/s3mount
            rm -r /etc/s3mount
            """);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")), result.Output);
        Assert.That(result.OutputLines, Is.EqualTo((string[])[$"{_version}+next-1", $"{Digest}  -", "1", "0.bin", "mine.conf"]));
    }

    [Test]
    [Order(5)]
    public async Task A_purge_leaves_nothing()
    {
        ChildResult result = await _root.RunAsync($"dpkg -i /packages/first.deb >/dev/null && dpkg -P s3mount >/dev/null 2>&1; ls /var/lib/dpkg/info | grep s3mount || true; {ListFiles}");
        Assert.That(result.EnsureSuccess().Output.Split('\n').Except(_before.Split('\n')), Is.Empty);
        Assert.That(_before.Split('\n').Except(result.Output.Split('\n')), Is.Empty);
    }

    [Test]
    [Order(6)]
    public async Task The_archive_mounts_as_its_note_says()
    {
        File.Copy(_package.Archive, Path.Join(_root.Path, "packages/archive.tar.gz"));
        // The commands of the note; there is no systemd to reload here.
        string note = (await ChildProcess.RunAsync("tar", ["-xzOf", _package.Archive, "--wildcards", "*/INSTALL"])).EnsureSuccess().Output;
        string[] commands = [.. note.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal) && !line.Contains("systemctl", StringComparison.Ordinal))];
        Assert.That(commands, Has.Length.EqualTo(2));
        ChildResult result = await _root.RunAsync($"""
            cd /packages && tar -xzf archive.tar.gz && cd s3mount-*/
            bin/s3mount --version
            {string.Join('\n', commands)}
            mount /datasets/set
            sha256sum </datasets/set/train/0.bin
            umount /datasets/set
            """);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")), result.Output);
        Assert.That(result.OutputLines, Is.EqualTo((string[])[$"s3mount {_version}", $"{Digest}  -"]));
    }

    private string Digest => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(_content));
}
