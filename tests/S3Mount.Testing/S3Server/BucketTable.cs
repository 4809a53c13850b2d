using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace S3Mount.Testing.S3Server;

/// <summary>The buckets of a server by name.</summary>
internal sealed partial class BucketTable(TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, S3Bucket> _buckets = new();

    public IEnumerable<S3Bucket> All => _buckets.Values.OrderBy(bucket => bucket.Name, StringComparer.Ordinal);

    public S3Bucket Add(string name, string region, bool isPublic)
    {
        if (!NameRule().IsMatch(name))
            throw new S3Exception(400, "InvalidBucketName", "The specified bucket is not valid.") { Details = [("BucketName", name)] };
        var bucket = new S3Bucket(name, region, isPublic, timeProvider);
        return _buckets.TryAdd(name, bucket)
            ? bucket
            : throw new S3Exception(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.") { Details = [("BucketName", name)] };
    }

    public S3Bucket Get(string name) => _buckets.TryGetValue(name, out S3Bucket? bucket) ? bucket : throw S3Exception.NoSuchBucket(name);

    public S3Bucket? Find(string? name) => name is null ? null : _buckets.GetValueOrDefault(name);

    public void Remove(string name)
    {
        if (Get(name).Source.Count > 0)
            throw new S3Exception(409, "BucketNotEmpty", "The bucket you tried to delete is not empty") { Details = [("BucketName", name)] };
        _buckets.TryRemove(name, out _);
    }

    // S3 User Guide, "General purpose bucket naming rules". No underscore: paths that begin with one are the server's own.
    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    private static partial Regex NameRule();
}
