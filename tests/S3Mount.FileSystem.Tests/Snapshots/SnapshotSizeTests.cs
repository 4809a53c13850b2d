using System.Globalization;
using System.Text;
using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Snapshots;

public sealed class SnapshotSizeTests
{
    private const int Classes = 1000;

    // ImageNet's shape: names such as n01440764/n01440764_10026.JPEG. Larger trees with S3MOUNT_SNAPSHOT_FILES_PER_CLASS=1281.
    [Test]
    [CancelAfter(120_000)]
    public void A_file_of_a_large_tree_takes_at_most_80_bytes()
    {
        int perClass = int.Parse(Environment.GetEnvironmentVariable("S3MOUNT_SNAPSHOT_FILES_PER_CLASS") ?? "100", CultureInfo.InvariantCulture);
        using var directory = new TempDirectory("s3mount-snapshot");
        long files = Write(directory["file"], perClass);
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long start = TimeProvider.System.GetTimestamp();
        SnapshotFile file = SnapshotFile.Open(directory["file"]);
        TimeSpan opened = TimeProvider.System.GetElapsedTime(start);
        used = Environment.CpuUsage.TotalTime - used;
        TestContext.Out.WriteLine($"{files} files, {new FileInfo(file.Path).Length / (double)files:f1} bytes a file, opened in {opened.TotalMilliseconds:f1} ms, {used.TotalMilliseconds:f0} ms of CPU");
        Assert.That((file.Summary.Files, file.Summary.Directories), Is.EqualTo((files, Classes)));
        Assert.That(new FileInfo(file.Path).Length, Is.LessThan(80 * files));
        Assert.That(file.TryFindDirectory("n00000500"u8, out SnapshotDirectory found), Is.True);
        Assert.That((found.Count, found[found.Find("n00000500_00042.JPEG"u8)].Version.Size), Is.EqualTo((perClass, 42)));
    }

    [Test]
    [CancelAfter(120_000)]
    public void Walking_allocates_nothing()
    {
        using var directory = new TempDirectory("s3mount-snapshot");
        Write(directory["file"], 20);
        SnapshotFile file = SnapshotFile.Open(directory["file"]);
        Assert.That(Walk(file), Is.EqualTo((20_000L, 190_000L)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Walk(file);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    // Larger than the pieces that a file is read in, and out of order by one name.
    [Test]
    [CancelAfter(120_000)]
    public void One_flat_directory_comes_back_whole()
    {
        using var directory = new TempDirectory("s3mount-snapshot");
        const int Count = 60_000;
        Write(directory["file"], builder =>
        {
            builder.Add("n"u8, new ObjectVersion(default, 1, 1), StorageClass.Standard);
            for (int i = 0; i < Count; i++)
                builder.Add(Encoding.ASCII.GetBytes($"n-{i:d6}"), new ObjectVersion(default, i, 1), StorageClass.Standard);
        });
        SnapshotDirectory root = SnapshotFile.Open(directory["file"]).Root;
        Assert.That((root.Count, Encoding.ASCII.GetString(root[Count].Name)), Is.EqualTo((Count + 1, "n")));
        for (int i = 0; i < Count; i++)
        {
            if (root[i].Version.Size != i || root.Find(Encoding.ASCII.GetBytes($"n-{i:d6}")) != i)
                Assert.Fail($"entry {i} is {Encoding.ASCII.GetString(root[i].Name)}, {root[i].Version}");
        }
    }

    private static (long Files, long Bytes) Walk(SnapshotFile file)
    {
        long files = 0, bytes = 0;
        for (int i = 0; i < file.Root.Count; i++)
        {
            SnapshotDirectory directory = file.Root[i].Directory;
            for (int k = 0; k < directory.Count; k++)
            {
                SnapshotEntry entry = directory[k];
                files += directory.Find(entry.Name) == k && entry.StorageClass == StorageClass.Standard && !entry.Version.ETag.IsAbsent ? 1 : 0;
                bytes += entry.Version.Size;
            }
        }
        return (files, bytes);
    }

    private static long Write(string path, int perClass) => Write(path, builder =>
    {
        for (int i = 0; i < Classes; i++)
        {
            for (int k = 0; k < perClass; k++)
                builder.Add(Encoding.ASCII.GetBytes($"n{i:d8}/n{i:d8}_{k:d5}.JPEG"), new ObjectVersion(ETag.Parse($"{(i * 10_000) + k:x32}"), k, 1_700_000_000), StorageClass.Standard);
        }
    });

    private static long Write(string path, Action<TreeBuilder> fill)
    {
        Task<SnapshotSummary> writing = SnapshotWriter.WriteAsync(new SnapshotOrigin { Bucket = "b" }, path, SnapshotRig.Now, Fill, default);
        Assert.That(writing.IsCompletedSuccessfully, Is.True, writing.Exception?.Message);
        return writing.GetAwaiter().GetResult().Files;

        Task Fill(TreeBuilder builder, CancellationToken cancellationToken)
        {
            fill(builder);
            return Task.CompletedTask;
        }
    }
}
