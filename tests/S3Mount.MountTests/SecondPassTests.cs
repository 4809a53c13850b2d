using System.Globalization;
using System.Text.RegularExpressions;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests;

/// <summary>What was read once is the kernel's: reading it again costs the daemon and the store nothing. Counted by the daemon.</summary>
public sealed partial class SecondPassTests : MountTest
{
    private const int Files = 300;

    // A virtual machine may take single clean pages out of the page cache at any moment, of every file system (seen with
    // mincore(2) on ext4), and the kernel then asks for them again. A daemon that is asked again in each pass fails every time.
    private const int Attempts = 6;

    private TestBucket _bucket = null!;

    [OneTimeSetUp]
    public async Task Fill_the_bucket()
    {
        _bucket = await ObjectStores.CreateBucketAsync("passes");
        await _bucket.PutAsync(Enumerable.Range(0, Files).Select(i => ($"class{i % 15:d2}/file{i:d4}", Ramp.Create(i * 173, i))));
        await _bucket.PutAsync("shards/large", Ramp.Create(20 << 20));
    }

    [OneTimeTearDown]
    public void Let_go_of_the_bucket() => _bucket?.Dispose();

    [Test]
    public async Task A_second_and_third_pass_send_no_request()
    {
        (Dictionary<string, long> kernel, long store) once = default, thrice = default;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            once = await CountAsync(passes: 1);
            Assert.That(once.kernel["READ"], Is.GreaterThan(Files), "the first pass is counted");
            thrice = await CountAsync(passes: 3);
            if (thrice.store == once.store && thrice.kernel.Count == once.kernel.Count && !thrice.kernel.Except(once.kernel).Any())
                return;
        }
        Assert.That(thrice.kernel, Is.EqualTo(once.kernel));
        Assert.That(thrice.store, Is.EqualTo(once.store));
    }

    // How many FORGETs come before the end is the kernel's own affair.
    private async Task<(Dictionary<string, long> Kernel, long Store)> CountAsync(int passes)
    {
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", "1h");
        ChildResult result = await Client.PythonAsync("passes.py", mount.Path, passes.ToString(CultureInfo.InvariantCulture));
        long bytes = _bucket.Digests.Values.Sum(digest => digest.Length);
        Assert.That(result.OutputLines, Is.EqualTo(Enumerable.Repeat($"{Files + 1} {bytes}", passes)));
        await mount.EndAsync();
        string counts = Operations().Match(mount.Log).Groups[1].Value;
        var kernel = counts.Split(", ").Select(count => count.Split(' ')).Where(count => !count[0].Contains("FORGET", StringComparison.Ordinal))
            .ToDictionary(count => count[0], count => long.Parse(count[1], CultureInfo.InvariantCulture));
        return (kernel, long.Parse(StoreRequests().Match(mount.Log).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("requests of the kernel by operation: (.*)")]
    private static partial Regex Operations();

    [GeneratedRegex("stopped after .* requests of the kernel, ([0-9]+) to the store")]
    private static partial Regex StoreRequests();
}
