using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;

namespace S3Mount.MountTests;

/// <summary>Datasets in the formats that people train from, read the way their libraries read them.</summary>
public sealed class FormatTests : MountTest
{
    private TempDirectory _local = null!;
    private TestBucket _bucket = null!;

    [OneTimeSetUp]
    public async Task Fill_the_bucket()
    {
        _local = new TempDirectory("s3mount-formats");
        await Client.PythonAsync("formats.py", "make", _local["made"]);
        _bucket = await ObjectStores.CreateBucketAsync("formats");
        IEnumerable<string> files = Directory.EnumerateFiles(_local["made"], "*", SearchOption.AllDirectories);
        await Parallel.ForEachAsync(files, async (file, _) => await _bucket.PutFileAsync(Path.GetRelativePath(_local["made"], file), file));
    }

    [OneTimeTearDown]
    public void Clean_up()
    {
        _bucket?.Dispose();
        _local?.Dispose();
    }

    [TestCase("shards", Description = "webdataset: tarfile in stream mode")]
    [TestCase("records", Description = "MXNet's RecordIO: forked workers read records by pread where the index says")]
    [TestCase("mnist", Description = "MNIST's IDX files, plain and gzipped")]
    [TestCase("arrays", Description = "numpy.memmap and numpy.load with mmap_mode")]
    [TestCase("tree", Description = "a recursive listing that workers share")]
    [TestCase("blocks", Description = "one descriptor in several processes, with pread and with a common position")]
    public async Task Each_format_reads_as_it_was_made(string kind)
    {
        MountedBucket mount = await MountAsync(_bucket);
        await Client.PythonAsync("formats.py", kind, mount.Path, _local["made"]);
    }

    [Test]
    public async Task One_process_reads_forwards_while_others_read_backwards_and_at_random()
    {
        MountedBucket mount = await MountAsync(_bucket);
        string file = "arrays/embeddings.npy";
        string reference = Path.Combine(_local["made"], file);
        string[] ways = ["read", "pread-backwards", "pread-random", "mmap-sequential"];
        await Task.WhenAll(ways.Select(way => Client.PythonAsync("compare.py", way, mount[file], reference)));
    }
}
