using System.Text;
using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Snapshots;

/// <summary>A bucket in memory and a directory for snapshots of it.</summary>
internal sealed class SnapshotRig : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private readonly TempDirectory _directory = new("s3mount-snapshot");

    public FakeTimeProvider Time { get; } = new(Now);

    public FakeObjectStore Store { get; } = new();

    public SnapshotOrigin Origin { get; init; } = new() { Bucket = "bucket", Prefix = "p/", EndpointUrl = "http://10.0.0.5:9000", Region = "eu-west-1" };

    public string FilePath => this["file.snap"];

    public string DirectoryPath => _directory.Path;

    public string this[string name] => _directory[name];

    /// <param name="key">Below the prefix.</param>
    public void Put(string key, int size = 5, string? etag = null, long lastModified = 1_700_000_000, string storageClass = StorageClass.Standard)
    {
        var stored = new StoredObject
        {
            Key = new ObjectKey(Origin.Prefix + key),
            Content = new RampContent(key.Length, size),
            LastModified = DateTimeOffset.FromUnixTimeSeconds(lastModified),
            StorageClass = storageClass,
        };
        Store.Put(etag is null ? stored : stored with { ETag = etag });
    }

    public Task<SnapshotSummary> CreateAsync(CancellationToken cancellationToken = default) =>
        SnapshotWriter.CreateAsync(Store, Origin, FilePath, Time, cancellationToken);

    public async Task<SnapshotFile> CreateAndOpenAsync(CancellationToken cancellationToken = default)
    {
        await CreateAsync(cancellationToken);
        return SnapshotFile.Open(FilePath);
    }

    public Task<SnapshotDifferences> VerifyAsync(SnapshotFile file, int mostNamed = 100) => SnapshotVerifier.VerifyAsync(file, Store, mostNamed, default);

    /// <summary>The error of a file with these bytes.</summary>
    public SnapshotException Refusal(byte[] bytes)
    {
        string path = this["refused.snap"];
        File.WriteAllBytes(path, bytes);
        return Assert.Throws<SnapshotException>(() => SnapshotFile.Open(path))!;
    }

    /// <summary>All of a snapshot, each directory behind the one it is in.</summary>
    public static List<SnapshotLine> Lines(SnapshotFile file)
    {
        var lines = new List<SnapshotLine>();
        Add(file.Root);
        return lines;

        void Add(SnapshotDirectory directory)
        {
            string path = Encoding.UTF8.GetString(directory.ToPath());
            for (int i = 0; i < directory.Count; i++)
            {
                SnapshotEntry entry = directory[i];
                string name = Encoding.UTF8.GetString(entry.Name);
                lines.Add(entry.IsDirectory ? new SnapshotLine(path + name + "/", default, "") : new SnapshotLine(path + name, entry.Version, entry.StorageClass));
                if (entry.IsDirectory)
                    Add(entry.Directory);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _directory.Dispose();
    }
}
