using S3Mount.FileSystem.Explaining;
using S3Mount.FileSystem.Tests.Warming;
using S3Mount.Fuse;

namespace S3Mount.FileSystem.Tests.Explaining;

[CancelAfter(60_000)]
public sealed class ExplainTests
{
    private const int MiB = 1 << 20;

    [Test]
    public async Task It_tells_where_the_bytes_of_a_file_are(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync("data/");
        string tag = rig.Store.PutRamp("data/dir/file", (5 * MiB) + 7, seed: 1).ETag.ToString();
        FileExplanation fresh = (await rig.Files.ExplainAsync("dir/file", cancellationToken))!;
        Assert.That((fresh.Key, fresh.ETag, fresh.Size, fresh.IsDirectory), Is.EqualTo(("data/dir/file", tag, (5L * MiB) + 7, false)));
        Assert.That((fresh.IsKnownToKernel, fresh.InMemory, fresh.Arriving, fresh.OnDisk), Is.EqualTo((false, Array.Empty<ByteRange>(), Array.Empty<ByteRange>(), Array.Empty<ByteRange>())));
        Assert.That(rig.Store.Gets, Is.Zero);

        await rig.WarmAsync(cancellationToken, paths: "dir/file");
        FileExplanation warm = (await rig.Files.ExplainAsync("dir/file", cancellationToken))!;
        Assert.That(warm.OnDisk, Is.EqualTo(new[] { new ByteRange(0, (5 * MiB) + 7) }));

        NodeId node = await rig.Mount.NodeAsync("dir/file");
        await rig.Mount.Kernel.ReadAsync(node, 2 * MiB, 4096, interrupt: cancellationToken);
        FileExplanation read = (await rig.Files.ExplainAsync("dir/file", cancellationToken))!;
        Assert.That(read.IsKnownToKernel);
        Assert.That(read.InMemory.Concat(read.Arriving).Any(range => range.Offset <= 2 * MiB && range.Offset + range.Length >= (2 * MiB) + 4096), "the block that was read");
        rig.Mount.Kernel.Forget(node, 1);
        await rig.Mount.Kernel.SyncAsync();
        Assert.That((await rig.Files.ExplainAsync("dir/file", cancellationToken))!.IsKnownToKernel, Is.False);
    }

    [Test]
    public async Task Parts_that_are_on_disk_are_told_apart(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync();
        rig.Store.PutRamp("file", 40 * MiB, seed: 1);
        NodeId node = await rig.Mount.NodeAsync("file");
        await rig.Mount.Kernel.ReadAsync(node, 30 * MiB, 4096, interrupt: cancellationToken);
        IReadOnlyList<ByteRange> onDisk = [];
        // It is written behind the read.
        while (onDisk.Count == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            onDisk = (await rig.Files.ExplainAsync("file", cancellationToken))!.OnDisk!;
            await Task.Yield();
        }
        Assert.That(onDisk.Sum(range => range.Length), Is.LessThan(30L * MiB));
        Assert.That(onDisk, Has.All.Matches<ByteRange>(range => range.Offset >= 29L * MiB && range.Offset + range.Length <= 40L * MiB));
    }

    [Test]
    public async Task It_tells_how_a_name_is_known_and_for_how_long(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync(change: options => options with { MetadataTtl = TimeSpan.FromSeconds(60) });
        rig.Store.Put("dir/a", "1");
        rig.Store.Put("dir/b", "22");
        Assert.That((await rig.Files.ExplainAsync("dir/a", cancellationToken))!.KnownBy, Is.EqualTo(KnownBy.Store));
        await rig.Mount.ListAsync("dir");
        rig.Mount.Advance(20);
        FileExplanation listed = (await rig.Files.ExplainAsync("dir/b", cancellationToken))!;
        Assert.That((listed.KnownBy, listed.HoldsForSeconds), Is.EqualTo((KnownBy.Listing, 40d)));
        FileExplanation directory = (await rig.Files.ExplainAsync("dir", cancellationToken))!;
        Assert.That((directory.IsDirectory, directory.Key, directory.Entries), Is.EqualTo((true, "dir/", 2L)));
        Assert.That((await rig.Files.ExplainAsync("", cancellationToken))!.IsDirectory);
    }

    [Test]
    public async Task Keys_are_told_as_they_are(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync("data/");
        rig.Store.Put("data/d\u001b/f\n\\u0041", "1");
        Assert.That((await rig.Files.ExplainAsync("d\u001b", cancellationToken))!.Key, Is.EqualTo("data/d\u001b/"));
        Assert.That((await rig.Files.ExplainAsync("d\u001b/f\n\\u0041", cancellationToken))!.Key, Is.EqualTo("data/d\u001b/f\n\\u0041"), "whoever passes it on asks for this object");
    }

    [TestCase("nothing")]
    [TestCase("dir/nothing")]
    [TestCase("file/below")]
    [TestCase("dir/..")]
    public async Task What_is_not_in_the_store_is_nothing(string path, CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync();
        rig.Store.Put("dir/a", "1");
        rig.Store.Put("file", "1");
        Assert.That(await rig.Files.ExplainAsync(path, cancellationToken), Is.Null);
    }
}
