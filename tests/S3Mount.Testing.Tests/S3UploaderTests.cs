using S3Mount.ObjectStore;
using S3Mount.Testing.Datasets;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server;

namespace S3Mount.Testing.Tests;

public sealed class S3UploaderTests
{
    [Test, CancelAfter(60_000)]
    public async Task What_is_uploaded_is_there(CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        using var uploader = new S3Uploader(server.Url, S3ServerOptions.DefaultAccessKey, S3ServerOptions.DefaultSecretKey);
        await uploader.CreateBucketAsync("bucket", cancellationToken);
        DatasetFile[] files = new ImageFolderDataset(2, 20).ToArray();
        await uploader.PutAsync("bucket", "train/", files, cancellationToken);
        string etag = await uploader.PutRampAsync("bucket", "large", 70_000_000, seed: 9, cancellationToken);
        ObjectTable objects = server.Bucket("bucket").Objects;
        foreach (DatasetFile file in files)
            Assert.That(objects.TryGet(new ObjectKey("train/" + file.Name), out StoredObject? stored) && stored.Content.ToArray().AsSpan().SequenceEqual(file.Bytes), Is.True);
        Assert.That(objects.TryGet(new ObjectKey("large"), out StoredObject? large), Is.True);
        Assert.That(large!.ETag, Is.EqualTo(etag).And.EndsWith("-3"));
        Assert.That(Ramp.FirstDifference(large.Content.ToArray(), 0, 9), Is.EqualTo(-1));
        await uploader.DeleteAsync("bucket", "large", cancellationToken);
        Assert.That(objects.Count, Is.EqualTo(20));
    }

    [TestCase("sp ace+plus%25/é\"'&<>")]
    [TestCase("a//b")]
    [TestCase("a/")]
    [TestCase("/lead")]
    [TestCase("a/./b")]
    [TestCase("a/../b")]
    [TestCase("..")]
    [TestCase("new\nline")]
    [CancelAfter(60_000)]
    public async Task Keys_of_any_kind_arrive(string key, CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync();
        server.CreateBucket("bucket");
        using var uploader = new S3Uploader(server.Url, S3ServerOptions.DefaultAccessKey, S3ServerOptions.DefaultSecretKey);
        await uploader.PutAsync("bucket", key, "x"u8.ToArray(), cancellationToken);
        Assert.That(server.Bucket("bucket").Objects.ToArray().Select(stored => stored.Key), Is.EqualTo([new ObjectKey(key)]));
    }
}
