using System.Globalization;
using System.Text.RegularExpressions;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests;

/// <summary>What was read once is the kernel's: reading it again costs the daemon and the store nothing. Counted by the daemon.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed partial class SecondPassTests : MountTest
{
    private const int Files = 300;
    private const int LargeLength = 24 << 20;

    // A virtual machine may take single clean pages out of the page cache at any moment, of every file system (seen with
    // mincore(2) on ext4), and the kernel then asks for them again. A daemon that is asked again in each pass fails every time.
    private const int Attempts = 6;

    private TestBucket _bucket = null!;
    private long _bytes;

    [OneTimeSetUp]
    public async Task Fill_the_bucket()
    {
        _bucket = await ObjectStores.CreateBucketAsync("passes");
        // Up to 52 KB: the kernel reads each with one READ, whatever the timing.
        await _bucket.PutAsync(Enumerable.Range(0, Files).Select(i => ($"small/class{i % 15:d2}/file{i:d4}", Ramp.Create(i * 173, i))));
        _bytes = _bucket.Digests.Values.Sum(digest => digest.Length);
        await _bucket.PutAsync("large/shard", Ramp.Create(LargeLength));
    }

    [OneTimeTearDown]
    public void Let_go_of_the_bucket() => _bucket?.Dispose();

    [Test]
    public async Task A_second_and_third_pass_send_no_request()
    {
        (Counts once, Counts thrice) = await CountBothAsync("fd", (once, thrice) => once.Kernel == thrice.Kernel);
        Assert.That(once.Of("READ"), Is.EqualTo(Files - 1), "one for each file that is not empty");
        Assert.That(thrice.Kernel, Is.EqualTo(once.Kernel));
        Assert.That(thrice.Store, Is.EqualTo(once.Store));
    }

    [Test]
    public async Task Whether_a_file_is_a_terminal_is_all_that_the_kernel_asks_again()
    {
        // Python's open() asks (TCGETS), and no answer to an IOCTL is remembered by the kernel (fuse_do_ioctl, fs/fuse/ioctl.c, v6.18).
        (Counts once, Counts thrice) = await CountBothAsync("file", (once, thrice) => once.Without("IOCTL") == thrice.Without("IOCTL"));
        Assert.That(thrice.Without("IOCTL"), Is.EqualTo(once.Without("IOCTL")));
        Assert.That(thrice.Of("IOCTL"), Is.LessThanOrEqualTo(3 * Files));
        Assert.That(thrice.Store, Is.EqualTo(once.Store));
    }

    [Test]
    public async Task A_large_file_is_fetched_once()
    {
        // How the kernel cuts a long read into READs is a matter of timing; a pass more would cost as many again.
        (Counts once, Counts five) = await CountUntilAsync("fd", "large", 5, $"1 {LargeLength}", FetchedOnce);
        Assert.That(FetchedOnce(once, five), Is.True, $"one pass: {once.Line}; five: {five.Line}");
        Assert.That(five.Bytes, Is.EqualTo(once.Bytes).And.EqualTo(LargeLength));
    }

    private static bool FetchedOnce(Counts once, Counts five) => five.Of("READ") < 1.6 * once.Of("READ");

    private Task<(Counts Once, Counts Thrice)> CountBothAsync(string how, Func<Counts, Counts, bool> same) =>
        CountUntilAsync(how, "small", 3, $"{Files} {_bytes}", same);

    private async Task<(Counts Once, Counts Often)> CountUntilAsync(string how, string directory, int passes, string expected, Func<Counts, Counts, bool> same)
    {
        for (int attempt = 1; ; attempt++)
        {
            Counts once = await CountAsync(how, directory, 1, expected);
            Counts often = await CountAsync(how, directory, passes, expected);
            if (attempt == Attempts || same(once, often))
                return (once, often);
        }
    }

    private async Task<Counts> CountAsync(string how, string directory, int passes, string expected)
    {
        MountedBucket mount = await MountAsync(_bucket, "--metadata-ttl", "1h");
        ChildResult result = await Client.PythonAsync("passes.py", how, mount[directory], passes.ToString(CultureInfo.InvariantCulture));
        Assert.That(result.OutputLines, Is.EqualTo(Enumerable.Repeat(expected, passes)));
        await mount.EndAsync();
        Match last = LastWords().Match(mount.Log);
        return new Counts(Operations().Match(mount.Log).Groups[1].Value, Number(last.Groups[1]), Number(last.Groups[2]));
    }

    private static long Number(Group group) => long.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("requests of the kernel by operation: (.*)")]
    private static partial Regex Operations();

    [GeneratedRegex("stopped after .* requests of the kernel, ([0-9]+) to the store, ([0-9]+) bytes")]
    private static partial Regex LastWords();

    /// <summary>What a mount has cost.</summary>
    private sealed record Counts(string Line, long Store, long Bytes)
    {
        /// <summary>Requests by operation; how many FORGETs come before the end is the kernel's own affair.</summary>
        public string Kernel => Without("FORGET");

        public string Without(string operation) =>
            string.Join(", ", Line.Split(", ").Where(count => !count.StartsWith(operation, StringComparison.Ordinal) && !count.Contains("FORGET", StringComparison.Ordinal)));

        public long Of(string operation) =>
            Line.Split(", ").Where(count => count.StartsWith(operation + " ", StringComparison.Ordinal)).Sum(count => long.Parse(count.Split(' ')[1], CultureInfo.InvariantCulture));
    }
}
