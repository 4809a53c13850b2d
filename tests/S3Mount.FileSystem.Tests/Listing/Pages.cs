using System.Text;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Listing;

/// <summary>Makes list pages by hand, in any order and with any bytes.</summary>
internal static class Pages
{
    public static ObjectVersion Version(int content, long size = 10, long lastModified = 1_700_000_000) =>
        new(ETag.Parse($"{content:x32}"), size, lastModified);

    /// <summary>A page of these keys; those that end in a slash are common prefixes.</summary>
    public static ListPage Of(params string[] keys) => Create([.. keys.Select(key => (Encoding.UTF8.GetBytes(key), Version(0)))]);

    public static ListPage Of(params (string Key, ObjectVersion Version)[] objects) =>
        Create([.. objects.Select(one => (Encoding.UTF8.GetBytes(one.Key), one.Version))]);

    public static ListPage OfBytes(params byte[][] keys) => Create([.. keys.Select(key => (key, Version(0)))]);

    /// <param name="marker">A key that ends in a slash and is an object all the same.</param>
    public static ListPage WithMarker(string marker, params string[] keys) =>
        Create([.. keys.Append(marker).Select(key => (Encoding.UTF8.GetBytes(key), Version(0)))], marker);

    private static ListPage Create((byte[] Key, ObjectVersion Version)[] keys, string? marker = null)
    {
        var bytes = new List<byte>();
        var objects = new List<ListedObject>();
        var prefixes = new List<ListedPrefix>();
        foreach ((byte[] key, ObjectVersion version) in keys)
        {
            if (key[^1] == '/' && Encoding.UTF8.GetString(key) != marker)
                prefixes.Add(new ListedPrefix(bytes.Count, key.Length));
            else
                objects.Add(new ListedObject(bytes.Count, key.Length, version, StorageClass.Standard));
            bytes.AddRange(key);
        }
        return new ListPage { Bytes = bytes.ToArray(), Objects = objects.ToArray(), CommonPrefixes = prefixes.ToArray(), NextContinuationToken = null };
    }
}
