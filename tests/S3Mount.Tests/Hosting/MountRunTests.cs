using Microsoft.Extensions.Logging.Abstractions;
using S3Mount.Hosting;
using S3Mount.Testing;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.S3Server.Faults;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Hosting;

/// <summary>Starts in this process, which must not get as far as a mount.</summary>
[TestFixture]
[NonParallelizable]
public sealed class MountRunTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task A_store_that_falls_silent_in_the_start_is_given_up_after_30_s(CancellationToken cancellationToken)
    {
        if (!File.Exists("/dev/fuse"))
            Assert.Ignore("there is no /dev/fuse");
        using var directory = new TempDirectory("s3mount-run");
        using var gate = new Gate();
        await using S3TestServer server = await S3TestServer.StartAsync(new S3ServerOptions { Anonymous = true });
        server.CreateBucket("bucket");
        // The store opens with a page of its own, which has a deadline of its own.
        server.Faults.Add(new FaultRule { Operation = S3Operation.ListObjectsV2, Skip = 1, Times = FaultRule.Always, Effect = new HoldFault(gate) });
        var time = new FakeTimeProvider();
        using var signals = new StopSignals(hangUp: null);
        var run = new MountRun(Settings.Read("bucket/p", directory.Path, "--endpoint-url", server.Url, "--no-sign-request"), directory.Path, NullLogger.Instance, time);
        Task running = run.RunAsync(signals);
        await Task.WhenAny(running, gate.WaitForArrivalsAsync(1, cancellationToken));

        time.Advance(TimeSpan.FromSeconds(29.9));
        await Task.Yield();
        Assert.That(running.IsCompleted, Is.False, "it is still patient");
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(
            async () => await running.WaitAsync(cancellationToken),
            Throws.TypeOf<StartupException>().With.Message.EqualTo("the store of s3://bucket/p/ did not answer within 30 s; check --endpoint-url, --region and the network"));
        Assert.That(File.ReadAllText("/proc/self/mountinfo"), Does.Not.Contain(directory.Path));
    }
}
