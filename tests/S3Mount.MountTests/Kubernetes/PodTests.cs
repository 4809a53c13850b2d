using System.Security.Cryptography;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Packages;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Kubernetes;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests.Kubernetes;

/// <summary>
/// The lives of the pods of packaging/kubernetes, on one machine: their command lines, files, volumes, propagations and privileges come from
/// the manifests; the bucket, the store and the trainer are the tests'.
/// </summary>
[Category("mount")]
[CancelAfter(120_000)]
public sealed class PodTests
{
    private const string Small = "/datasets/imagenet/train/0.bin";
    private const string Unread = "/datasets/imagenet/train/1.bin";
    private const string Large = "/datasets/imagenet/large.bin";
    private const int LargeLength = 64 << 20;

    private readonly byte[] _content = Ramp.Create(300_000, 1);
    private S3TestServer _server = null!;

    [OneTimeSetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        S3Bucket bucket = _server.CreateBucket("my-datasets");
        bucket.Put("imagenet/train/0.bin", _content);
        bucket.Put("imagenet/train/1.bin", _content);
        bucket.PutRamp("imagenet/large.bin", LargeLength, 2);
    }

    [OneTimeTearDown]
    public async Task End_the_store()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Test]
    public async Task A_job_with_a_sidecar_goes_from_beginning_to_end_and_leaves_nothing()
    {
        PodSpec pod = Pod("sidecar", "Job");
        using var cgroup = MemoryCgroup.Create(1L << 30);
        await using PodNode node = await PodNode.CreateAsync();
        PodContainer server = await node.StartAsync(pod, "s3mount", Options with { Cgroup = cgroup.ProcessesFile });
        await server.IsReadyAsync();
        PodContainer trainer = await TrainerAsync(node, pod);
        Assert.That(await trainer.AskAsync($"sha256sum <{Small}; head -c 1 <{Large} | wc -c"), Is.EqualTo($"{Digest}  -\n1\nexit 0\n"));
        Assert.That(await trainer.AskAsync("grep -E 'Cap(Eff|Bnd)' /proc/self/status; ls /dev; ! touch /datasets/x"), Does.StartWith("CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n").And.Not.Contain("fuse").And.EndWith("Read-only file system\nexit 0\n"));

        // A quarter of what the cgroup allows, and a cache in a volume that is open to all.
        await using ChildProcess status = await server.ExecAsync("s3mount", "status", "/datasets/imagenet");
        string figures = (await status.WaitAsync(TimeSpan.FromSeconds(10))).EnsureSuccess().Output;
        Assert.That(figures, Does.Match("memory .* of 256.0 MiB for blocks"));
        Assert.That(server.Log, Does.Not.Contain("WARN").And.Not.Contain("--cache"));
        await using ChildProcess hook = await server.ExecAsync(PreStop(pod));
        (await hook.WaitAsync(TimeSpan.FromSeconds(10))).EnsureSuccess();
        Assert.That(server.Log, Does.Contain("s3://my-datasets/imagenet/ at /datasets/imagenet\n  daemon        process 1,"));

        trainer.Process.CloseInput();
        Assert.That((await trainer.Process.WaitAsync(TimeSpan.FromSeconds(10))).ExitCode, Is.Zero);
        Assert.That(node.Mounts, Has.Length.EqualTo(1), "the trainer's end changes nothing");
        Assert.That((await server.StopAsync()).ExitCode, Is.Zero, server.Log);
        Assert.That(node.Mounts, Is.Empty);
        await node.RemoveVolumesAsync();
    }

    /// <summary>The wrong order: the pod's time was over, or somebody stopped the sidecar.</summary>
    [Test]
    public async Task A_sidecar_that_is_stopped_under_a_trainer_ends_in_time_and_the_trainer_is_told()
    {
        PodSpec pod = Pod("sidecar", "Job");
        await using PodNode node = await PodNode.CreateAsync();
        PodContainer server = await node.StartAsync(pod, "s3mount", Options);
        await server.IsReadyAsync();
        PodContainer trainer = await TrainerAsync(node, pod);
        Assert.That(await trainer.AskAsync($"exec 3<{Large}; head -c 100 <&3 | wc -c"), Is.EqualTo("100\nexit 0\n"));
        Assert.That((await server.StopAsync()).ExitCode, Is.Zero, server.Log);
        Assert.That(server.Log, Does.Contain("files are still open"));
        Assert.That(node.Mounts, Is.Empty, "detached everywhere, although a file is open");
        // What was open fails where it is not in memory, and the name is gone: neither waits, and no byte is wrong.
        Assert.That(await trainer.AskAsync("tail -c 100 <&3 >/dev/null"), Does.Match("(not connected|Input/output error|aborted)[^\n]*\nexit 1\n$"));
        Assert.That(await trainer.AskAsync($"exec 3<&-; sha256sum <{Unread}"), Does.EndWith("No such file or directory\nexit 1\n"));
        await node.RemoveVolumesAsync();
    }

    [Test]
    public async Task A_sidecar_that_was_killed_mounts_again_and_the_trainer_sees_it()
    {
        PodSpec pod = Pod("sidecar", "Job");
        await using PodNode node = await PodNode.CreateAsync();
        PodContainer first = await node.StartAsync(pod, "s3mount", Options);
        await first.IsReadyAsync();
        PodContainer trainer = await TrainerAsync(node, pod);
        Assert.That(await trainer.AskAsync($"sha256sum <{Small}"), Is.EqualTo($"{Digest}  -\nexit 0\n"));
        first.Signal(ProcessSignals.Kill);
        await first.Process.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(await trainer.AskAsync($"sha256sum <{Unread}"), Does.EndWith("Transport endpoint is not connected\nexit 1\n"), "never an empty directory");
        Assert.That(node.Mounts, Has.Length.EqualTo(1));

        PodContainer second = await node.StartAsync(pod, "s3mount", Options);
        await second.IsReadyAsync();
        Assert.That(second.Log, Does.Contain("cleared the mount that an s3mount which died had left at /datasets/imagenet"));
        Assert.That(node.Mounts, Has.Length.EqualTo(1), "the dead one is gone");
        Assert.That(await trainer.AskAsync($"sha256sum <{Small}"), Is.EqualTo($"{Digest}  -\nexit 0\n"));
        Assert.That((await second.StopAsync()).ExitCode, Is.Zero, second.Log);
        await node.RemoveVolumesAsync();
    }

    [Test]
    public async Task Pods_of_a_node_wait_for_its_mount_see_it_come_and_are_waited_for()
    {
        PodSpec job = Pod("daemonset", "Job");
        PodSpec pod = Pod("daemonset", "DaemonSet");
        await using PodNode node = await PodNode.CreateAsync();
        // Of another job, which began before anything was mounted.
        PodContainer trainer = await TrainerAsync(node, job);
        PodContainer waiting = await node.StartAsync(job, "wait-for-datasets", Options);
        Assert.That(await trainer.AskAsync("ls -A /datasets"), Is.EqualTo("exit 0\n"));
        PodContainer server = await node.StartAsync(pod, "s3mount", Options);
        await server.IsReadyAsync();
        Assert.That((await waiting.Process.WaitAsync(TimeSpan.FromSeconds(20))).ExitCode, Is.Zero);
        Assert.That(await trainer.AskAsync($"sha256sum <{Small}; exec 3<{Large}"), Is.EqualTo($"{Digest}  -\nexit 0\n"));
        Assert.That(server.Log, Does.Not.Contain("WARN").And.Not.Contain("--cache"));

        await using ChildProcess hook = await server.ExecAsync(PreStop(pod));
        // It has been refused once, and sleeps.
        await using ChildProcess refused = await server.ExecAsync("timeout", "20", "sh", "-c", "until grep -qsx sleep /proc/[0-9]*/comm; do :; done");
        (await refused.WaitAsync(TimeSpan.FromSeconds(20))).EnsureSuccess();
        Assert.That(await trainer.AskAsync($"tail -c 100 <&3 | cmp - <(tail -c 100 {Large}); exec 3<&-"), Is.EqualTo("exit 0\n"), "a reader is left alone");
        // It may be killed with its container, which ends as soon as nothing is mounted.
        Assert.That((await hook.WaitAsync(TimeSpan.FromSeconds(20))).ExitCode, Is.EqualTo(0).Or.EqualTo(137));
        Assert.That((await server.Process.WaitAsync(TimeSpan.FromSeconds(10))).ExitCode, Is.Zero, "unmounted, it ends");
        Assert.That(node.Mounts, Is.Empty);
        Assert.That(await trainer.AskAsync("ls -A /datasets/imagenet"), Is.EqualTo("exit 0\n"));
    }

    [Test]
    public async Task Without_privileges_it_serves_what_a_helper_has_mounted()
    {
        PodSpec pod = Pod("unprivileged", "Job");
        await using PodNode node = await PodNode.CreateAsync();
        PodContainer helper = await node.StartAsync(pod, "mount", Options);
        PodContainer first = await node.StartAsync(pod, "s3mount", Options);
        await first.IsReadyAsync();
        string[] privileges = [.. File.ReadLines($"/proc/{first.ProcessId}/status").Where(line => line.StartsWith("Cap", StringComparison.Ordinal) || line.StartsWith("NoNewPrivs", StringComparison.Ordinal) || line.StartsWith("Uid", StringComparison.Ordinal))];
        Assert.That(privileges, Does.Contain("NoNewPrivs:\t1").And.Contain("Uid:\t65532\t65532\t65532\t65532"));
        Assert.That(privileges.Where(line => line.StartsWith("Cap", StringComparison.Ordinal)), Is.All.EndsWith("\t0000000000000000"));
        PodContainer trainer = await TrainerAsync(node, pod);
        Assert.That(await trainer.AskAsync($"sha256sum <{Small}"), Is.EqualTo($"{Digest}  -\nexit 0\n"));

        first.Signal(ProcessSignals.Kill);
        await first.Process.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(await trainer.AskAsync($"sha256sum <{Unread}"), Does.EndWith("Transport endpoint is not connected\nexit 1\n"), "nobody else holds the descriptor");
        PodContainer second = await node.StartAsync(pod, "s3mount", Options);
        await second.IsReadyAsync();
        Assert.That(await trainer.AskAsync($"sha256sum <{Small}"), Is.EqualTo($"{Digest}  -\nexit 0\n"));
        Assert.That(node.Mounts, Has.Length.EqualTo(1));
        Assert.That(second.Log, Does.Not.Contain("--cache").And.Not.Contain("CRIT"));

        trainer.Process.CloseInput();
        await trainer.Process.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That((await second.StopAsync()).ExitCode, Is.Zero, second.Log);
        Assert.That((await helper.StopAsync()).ExitCode, Is.Zero, helper.Log);
        Assert.That(node.Mounts, Is.Empty);
        await node.RemoveVolumesAsync();
    }

    private string Digest => Convert.ToHexStringLower(SHA256.HashData(_content));

    private PodContainerOptions Options => new()
    {
        Environment = StoreAddress.Of(_server).Environment,
        // The store is on this machine, whose ports others have, too.
        Edit = text => text.Replace("#region: eu-west-1", $"region: us-east-1\nendpoint-url: {_server.Url}", StringComparison.Ordinal)
            .Replace("metrics-listen: 0.0.0.0:9400", "metrics-listen: 127.0.0.1:0", StringComparison.Ordinal),
    };

    private static string[] PreStop(PodSpec pod) => [.. pod.Container("s3mount")["lifecycle"]!["preStop"]!["exec"]!["command"]!.AsArray().Select(word => (string)word!)];

    private static PodSpec Pod(string kustomization, string kind) =>
        Kustomization.Load(Path.Join(Repository.Root, "packaging/kubernetes", kustomization)).Pods.Single(pod => (string?)pod.Owner["kind"] == kind);

    private Task<PodContainer> TrainerAsync(PodNode node, PodSpec pod) => node.StartAsync(pod, "train", Options with { Command = PodContainer.Asked });
}
