using System.Globalization;
using System.Security.Cryptography;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.Synthetic;

namespace S3Mount.MountTests;

/// <summary>A tree whose listings take more than the daemon keeps of them.</summary>
[Category("mount")]
[CancelAfter(480_000)]
public sealed class WalkPressureTests : MountTest
{
    // Some 70 bytes each, and the daemon keeps 256 MiB.
    private const int Files = 4_200_000;

    // Listings, those that readers were in the middle of, the process itself, and as much again that the collector has not yet given back.
    private const int MostMebibytes = 700;

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(150);

    [Test]
    public async Task Each_walk_shows_all_that_is_there_and_memory_keeps_to_its_bound()
    {
        var keys = new ClassKeys("", 3000, Files);
        await using S3TestServer server = await S3TestServer.StartAsync(new S3ServerOptions { RequestLogCapacity = 1000 });
        server.CreateBucket("large").AddSynthetic(keys);
        string expected = $"{Files} {DigestOf(keys)}";
        MountedBucket mount = await MountAsync(new MountSetup { Store = StoreAddress.Of(server), Target = "large", Arguments = ["--metadata-ttl", "1h", "--memory", "128MiB"] });
        Assert.That(await WalkAsync(mount), Is.EqualTo(expected));
        Assert.That(await WalkAsync(mount), Is.EqualTo(expected), "as the kernel remembers it");
        Assert.That(await WalkAsync(mount, "drop"), Is.EqualTo(expected), "some of it listed again");
        Assert.That(ResidentMebibytes(mount), Is.LessThan(MostMebibytes));
        await mount.EndAsync();
    }

    private static async Task<string> WalkAsync(MountedBucket mount, params string[] arguments)
    {
        var options = new ChildProcessOptions { Deadline = _deadline };
        string script = Path.Combine(AppContext.BaseDirectory, "clients/names.py");
        ChildResult walk = await ChildProcess.RunAsync("/usr/bin/python3", [script, mount.Path, .. arguments], options, TestContext.CurrentContext.CancellationToken);
        return walk.EnsureSuccess().Output.Trim();
    }

    // Keys are in the order of a walk that sorts: no name of a class begins with another's.
    private static string DigestOf(SyntheticKeys keys)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> line = stackalloc byte[1025];
        for (int i = 0; i < keys.Count; i++)
        {
            int length = keys.Write(i, line);
            line[length] = (byte)'\n';
            digest.AppendData(line[..(length + 1)]);
        }
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private static int ResidentMebibytes(MountedBucket mount)
    {
        string line = File.ReadLines($"/proc/{mount.DaemonId}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }
}
