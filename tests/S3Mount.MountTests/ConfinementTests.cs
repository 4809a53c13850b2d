using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Packages;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>The program within the capabilities, system calls, address families and namespaces that systemd/s3mount@.service leaves it.</summary>
[Category("mount")]
[CancelAfter(120_000)]
public sealed class ConfinementTests : MountTest
{
    private static readonly string _unit = Path.Join(Repository.Root, "systemd/s3mount@.service");

    [SetUp]
    public void Check_what_confining_needs()
    {
        if (!File.Exists("/usr/bin/systemd-analyze"))
            Assert.Ignore("needs systemd-analyze, which knows the groups of system calls");
    }

    [Test]
    public async Task A_service_mounts_reads_keeps_and_unmounts()
    {
        byte[] content = Ramp.Create(3_000_000);
        await using S3TestServer server = await S3TestServer.StartAsync();
        server.CreateBucket("confined").Put("dir/file", content);
        TempDirectory directory = NewDirectory();
        string mountpoint = directory.CreateDirectory("mnt");
        string reference = directory["reference"];
        await File.WriteAllBytesAsync(reference, content);
        string[] command = [ProgramUnderTest.Path, "-f", "confined", mountpoint, "--endpoint-url", server.Url, "--allow-other", "--cache", directory["cache"], "--log-file", directory["log"], "--metrics-listen", "127.0.0.1:0"];
        await using ChildProcess service = await StartAsync(StoreAddress.Of(server), command);
        await Eventually.IsTrueAsync(() => service.HasExited || (File.Exists(directory["log"]) && File.ReadAllText(directory["log"]).Contains(" is mounted at ", StringComparison.Ordinal)), TimeSpan.FromSeconds(30), "it is mounted");
        string limits = await File.ReadAllTextAsync($"/proc/{service.Id}/status");
        Assert.That(limits, Does.Contain("CapEff:\t0000000000200406\n").And.Contain("Seccomp:\t2\n").And.Contain("NoNewPrivs:\t0\n"));
        await Client.ShellAsync("cmp $1/dir/file $2", mountpoint, reference);
        (await ProgramUnderTest.RunAsync(["status", mountpoint])).EnsureSuccess();
        (await ProgramUnderTest.RunAsync(["refresh", mountpoint])).EnsureSuccess();
        Assert.That((await ProgramUnderTest.RunAsync(["warm", mountpoint])).EnsureSuccess().ExitCode, Is.Zero);
        service.Signal(ProcessSignals.Terminate);
        Assert.That((await service.WaitAsync(TimeSpan.FromSeconds(10))).ExitCode, Is.Zero, service.Error);
        Assert.That(MountedPaths.Contains(mountpoint), Is.False);
        Assert.That(await File.ReadAllTextAsync(directory["log"]), Does.Not.Contain(" WARN ").And.Not.Contain(" CRIT ").And.Not.Contain("not permitted"));
    }

    [TestCase("unshare", "--mount", "true")]
    [TestCase("/usr/bin/python3", "-c", "import socket; socket.socket(socket.AF_PACKET)")]
    [TestCase("chown", "nobody", "/proc/self/comm")]
    public async Task What_the_unit_does_not_allow_is_refused(params string[] command)
    {
        await using ChildProcess process = await StartAsync(null, ["/usr/bin/env", .. command]);
        ChildResult result = await process.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(result.Error, Does.Contain("Operation not permitted"));
    }

    private static Task<ChildProcess> StartAsync(StoreAddress? store, params string[] command)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "clients", "confined.py");
        return ChildProcess.StartAsync("/usr/bin/python3", [script, _unit, .. command], new ChildProcessOptions { Environment = store?.Environment ?? [] });
    }
}
