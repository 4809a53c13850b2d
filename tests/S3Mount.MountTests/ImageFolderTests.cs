using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing;
using S3Mount.Testing.Datasets;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests;

/// <summary>What s3mount is for: an unchanged training script over torchvision's ImageFolder.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class ImageFolderTests : MountTest
{
    private const int Classes = 100;
    private const int Images = 5000;

    // Small pictures: it is their number that matters here.
    private const int MedianSide = 48;

    private TempDirectory _local = null!;
    private TestBucket _bucket = null!;

    [OneTimeSetUp]
    public async Task Fill_the_bucket()
    {
        _local = new TempDirectory("s3mount-images");
        _bucket = await ObjectStores.CreateBucketAsync("imagenet");
        DatasetFile[] files = new ImageFolderDataset(Classes, Images, MedianSide).ToArray();
        foreach (DatasetFile file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_local[file.Name])!);
            await File.WriteAllBytesAsync(_local[file.Name], file.Bytes);
        }
        await _bucket.PutAsync(files.Select(file => ("train/" + file.Name, file.Bytes)));
    }

    [OneTimeTearDown]
    public void Clean_up()
    {
        _bucket?.Dispose();
        _local?.Dispose();
    }

    [Test]
    public async Task Two_shuffled_epochs_with_four_workers_see_every_sample_of_the_local_copy()
    {
        MountedBucket mount = await MountAsync(_bucket);
        ChildResult result = await Client.PythonAsync("imagefolder.py", mount["train"], _local.Path, "4", "2");
        Assert.That(result.Output, Does.Contain($"{Classes} classes, {Images} samples, 2 epochs"));
    }

    [Test]
    public async Task Thirty_two_threads_read_many_small_files_right()
    {
        MountedBucket mount = await MountAsync(new MountSetup { Store = _bucket.Store, Target = "imagenet/train" });
        await Client.PythonAsync("tree_threads.py", mount.Path, _local.Path, "32");
    }
}
