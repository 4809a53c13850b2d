using System.Globalization;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Objects;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>A daemon that may use less memory than it was told, as in a container.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class CgroupTests : MountTest
{
    private const long Limit = 512L << 20;
    private const int Files = 32;
    // Twice the limit in all.
    private const int FileLength = 32 << 20;
    private const int References = 4;

    [Test]
    public async Task In_a_cgroup_memory_is_cut_nothing_is_killed_and_every_byte_is_right()
    {
        using var cgroup = MemoryCgroup.Create(Limit);
        await using S3TestServer server = await S3TestServer.StartAsync();
        S3Bucket bucket = server.CreateBucket("large");
        TempDirectory local = NewDirectory();
        for (int i = 0; i < References; i++)
            await File.WriteAllBytesAsync(local[NameOf(i)], Ramp.Create(FileLength, i));
        for (int i = 0; i < Files; i++)
            bucket.Put(new ObjectKey(NameOf(i)), new RampContent(i % References, FileLength));
        MountedBucket mount = await MountAsync(new MountSetup
        {
            Store = StoreAddress.Of(server),
            Target = "large",
            // What is written to a cache is charged to who writes it, until it is on the disk.
            Arguments = ["--memory", "1GiB", "--cache", NewDirectory()["cache"], "--max-cache-size", "2GiB"],
            Cgroup = cgroup.ProcessesFile,
        });
        Assert.That(mount.Log, Does.Contain("--memory: 1024 MiB are more than this process may have beside its own needs (its cgroup or the machine); 362 MiB are used"));
        Assert.That(await File.ReadAllTextAsync(cgroup.ProcessesFile), Does.Contain($"{mount.DaemonId}"));

        string[] pairs = [.. Enumerable.Range(0, Files).SelectMany(i => (string[])[mount[NameOf(i)], local[NameOf(i % References)]])];
        await using ChildProcess readers = await Client.StartPythonAsync("readers.py", [$"{Files}", "1", .. pairs]);
        (await readers.WaitAsync(TimeSpan.FromSeconds(120), TestContext.CurrentContext.CancellationToken)).EnsureSuccess();

        long resident = DaemonProcesses.PeakMemoryOf(mount.DaemonId);
        await TestContext.Out.WriteLineAsync($"peak of the cgroup {cgroup.Peak >> 20} MiB, of the daemon {resident >> 20} MiB");
        Assert.That(cgroup.Kills, Is.Zero);
        Assert.That(cgroup.Peak, Is.GreaterThan(Limit / 2), "the memory that it may use was used");
        Assert.That(resident, Is.LessThan(Limit));
        await mount.EndAsync();
        Assert.That(cgroup.Kills, Is.Zero);
    }

    private static string NameOf(int i) => string.Create(CultureInfo.InvariantCulture, $"file{i:d2}");
}
