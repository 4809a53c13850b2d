using System.Security.Cryptography;
using System.Text;
using S3Mount.Testing;

namespace S3Mount.MountTests.Stores;

/// <summary>A bucket that tests fill. It remembers the digest of all that was put into it, for comparison with what is read.</summary>
internal sealed class TestBucket(string name, StoreAddress store, S3Uploader uploader) : IDisposable
{
    private readonly Lock _gate = new();
    // Guarded by _gate.
    private readonly Dictionary<string, ObjectDigest> _digests = new(StringComparer.Ordinal);

    public string Name => name;

    public StoreAddress Store => store;

    public S3Uploader Uploader => uploader;

    /// <summary>By key.</summary>
    public IReadOnlyDictionary<string, ObjectDigest> Digests
    {
        get
        {
            lock (_gate)
                return new Dictionary<string, ObjectDigest>(_digests, StringComparer.Ordinal);
        }
    }

    public Task PutAsync(string key, string text) => PutAsync(key, Encoding.UTF8.GetBytes(text));

    public async Task PutAsync(string key, byte[] bytes)
    {
        var digest = new ObjectDigest(bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        lock (_gate)
            _digests[key] = digest;
        await uploader.PutAsync(name, key, bytes, TestContext.CurrentContext.CancellationToken);
    }

    public Task PutAsync(IEnumerable<(string Key, byte[] Bytes)> objects) =>
        // As many at once as the uploader itself sends of a dataset.
        Parallel.ForEachAsync(objects, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (one, _) => await PutAsync(one.Key, one.Bytes));

    public async Task PutFileAsync(string key, string path) => await PutAsync(key, await File.ReadAllBytesAsync(path));

    public async Task DeleteAsync(string key)
    {
        lock (_gate)
            _digests.Remove(key);
        await uploader.DeleteAsync(name, key, TestContext.CurrentContext.CancellationToken);
    }

    public void Dispose() => uploader.Dispose();
}
