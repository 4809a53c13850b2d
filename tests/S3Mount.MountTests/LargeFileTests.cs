using System.Security.Cryptography;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests;

/// <summary>Large files in radosgw, read in all the ways that the kernel offers and compared with what lies on the local disk.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class LargeFileTests : MountTest
{
    // Some readahead windows long, and not a multiple of anything.
    private const int LargeLength = (96 << 20) + 54_321;
    private const int MediumLength = (9 << 20) + 1;

    private static readonly string[] _medium = ["medium-0", "medium-1", "medium-2", "medium-3", "medium-4", "medium-5"];

    private TempDirectory _local = null!;
    private TestBucket _bucket = null!;

    private string Reference => _local["large.bin"];

    [OneTimeSetUp]
    public async Task Fill_the_bucket()
    {
        _local = new TempDirectory("s3mount-large");
        _bucket = await ObjectStores.CreateBucketAsync("large");
        var random = new Random(20_240_229);
        foreach ((string name, int length) in _medium.Select(name => (name, MediumLength)).Append(("large.bin", LargeLength)))
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            await File.WriteAllBytesAsync(_local[name], bytes);
            await _bucket.PutAsync(name, bytes);
        }
    }

    [OneTimeTearDown]
    public void Clean_up()
    {
        _bucket?.Dispose();
        _local?.Dispose();
    }

    [TestCase("bs=128k")]
    [TestCase("bs=1M")]
    [TestCase("bs=99991")]
    [TestCase("bs=1M iflag=direct")]
    [TestCase("bs=64k iflag=direct")]
    [TestCase("bs=100352 iflag=direct")]
    public async Task Dd_reads_what_was_uploaded(string options)
    {
        MountedBucket mount = await MountAsync(_bucket);
        ChildResult sum = await Client.ShellAsync("set -o pipefail; dd if=$1 $2 status=none | sha256sum", mount["large.bin"], options);
        Assert.That(sum.Output, Does.StartWith(_bucket.Digests["large.bin"].Sha256));
    }

    [TestCase(1, 1)]
    [TestCase(1_234_567, 7_654_321)]
    [TestCase(50_331_647, 33_554_434)]
    [TestCase(LargeLength - 5, 100)]
    public async Task Dd_reads_a_part_from_an_odd_offset_on(long skip, long count)
    {
        MountedBucket mount = await MountAsync(_bucket);
        ChildResult result = await Client.ShellAsync(
            "part() { dd if=$1 bs=65537 iflag=skip_bytes,count_bytes,fullblock skip=$2 count=$3 status=none; }; cmp <(part $1 $3 $4) <(part $2 $3 $4) && part $1 $3 $4 | wc -c",
            mount["large.bin"], Reference, $"{skip}", $"{count}");
        Assert.That(result.Output.Trim(), Is.EqualTo($"{Math.Min(count, LargeLength - skip)}"));
    }

    [TestCase("read")]
    [TestCase("pread-random")]
    [TestCase("pread-backwards")]
    [TestCase("mmap-sequential")]
    [TestCase("mmap-random")]
    [TestCase("direct")]
    [TestCase("fadvise")]
    [TestCase("sendfile")]
    [TestCase("splice")]
    [TestCase("ends")]
    public async Task Each_way_to_read_gives_the_same_bytes(string way)
    {
        MountedBucket mount = await MountAsync(_bucket);
        await Client.PythonAsync("compare.py", way, mount["large.bin"], Reference);
    }

    [Test]
    public async Task Twelve_readers_of_one_file_each_get_their_bytes()
    {
        MountedBucket mount = await MountAsync(_bucket);
        await Client.PythonAsync("readers.py", "12", "1", mount["large.bin"], Reference);
    }

    [Test]
    public async Task Many_readers_of_many_files_each_get_their_bytes()
    {
        MountedBucket mount = await MountAsync(_bucket);
        await Client.PythonAsync("readers.py", ["24", "2", .. _medium.SelectMany(name => (string[])[mount[name], _local[name]])]);
    }

    [Test]
    public async Task Sixty_four_readers_share_a_budget_of_16_MiB()
    {
        MountedBucket mount = await MountAsync(_bucket, "--memory", "16MiB");
        string[] names = ["large.bin", .. _medium];
        await Client.PythonAsync("readers.py", ["64", "3", .. names.SelectMany(name => (string[])[mount[name], _local[name]])]);
        Assert.That(DaemonProcesses.PeakMemoryOf(mount.DaemonId) >> 20, Is.LessThan(16 + 150), "MiB resident at most");
    }

    [Test]
    public async Task Cp_copies_a_large_file()
    {
        MountedBucket mount = await MountAsync(_bucket);
        using TempDirectory local = NewDirectory();
        // Tries copy_file_range(2) first, which the kernel refuses between file systems of different kinds.
        await Client.ShellAsync("cp $1 $2/copy && cmp $2/copy $3", mount["large.bin"], local.Path, Reference);
    }

    [Test]
    public async Task Cat_into_a_pipe_passes_every_byte()
    {
        MountedBucket mount = await MountAsync(_bucket);
        ChildResult sum = await Client.ShellAsync("set -o pipefail; cat $1 | dd bs=7777 iflag=fullblock status=none | sha256sum", mount["large.bin"]);
        Assert.That(sum.Output, Does.StartWith(_bucket.Digests["large.bin"].Sha256));
    }

    [Test]
    public async Task Fio_verifies_every_block_that_it_wrote()
    {
        using TempDirectory local = NewDirectory();
        // Each block of 4 KiB carries its offset and a checksum.
        await Client.ShellAsync(
            "cd $1 && fio --name=write --filename=fio.bin --size=48M --rw=write --bs=64k --ioengine=psync --verify=crc32c --verify_interval=4096 --do_verify=0", local.Path);
        await _bucket.PutFileAsync("fio.bin", local["fio.bin"]);
        MountedBucket mount = await MountAsync(_bucket);
        const string Common = "--filename=$1 --size=48M --readonly --allow_file_create=0 --verify=crc32c --verify_interval=4096 --verify_fatal=1 --ioengine=psync";
        ChildResult result = await Client.ShellAsync(
            $"cd $2 && fio {Common} --name=seq --rw=read --bs=128k --name=odd --rw=read --bs=20k --name=rand --rw=randread --bs=4k --io_size=8M --numjobs=3 "
            + "--name=direct --rw=read --bs=256k --direct=1 --name=directrand --rw=randread --bs=16k --io_size=16M --direct=1 --numjobs=2",
            mount["fio.bin"], local.Path);
        Assert.That(result.OutputLines.Count(line => line.Contains("err= 0", StringComparison.Ordinal)), Is.EqualTo(8), "jobs that found every block right");
        Assert.That(result.Output, Does.Not.Contain("verify:"));
    }

    [Test]
    public async Task A_file_sent_in_parts_reads_whole()
    {
        const long Length = (70L << 20) + 7;
        await _bucket.Uploader.PutRampAsync(_bucket.Name, "parts.bin", Length, seed: 3);
        MountedBucket mount = await MountAsync(_bucket);
        string expected = Convert.ToHexStringLower(SHA256.HashData(Ramp.Create((int)Length, 3)));
        ChildResult sum = await Client.ShellAsync("sha256sum $1; getfattr --only-values -n user.s3.etag $1", mount["parts.bin"]);
        Assert.That(sum.Output, Does.StartWith(expected).And.EndsWith("-3"));
    }
}
