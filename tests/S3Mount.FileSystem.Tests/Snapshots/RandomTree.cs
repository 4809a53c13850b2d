using System.Text;
using FsCheck;
using FsCheck.Fluent;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Snapshots;

/// <summary>Random objects with keys that are close to each other, and how they are listed.</summary>
internal sealed record RandomTree(int PageSize, RandomTree.Put[] Puts)
{
    // '-', '.' and '0' are the neighbours of '/'; U+FFFD sorts after the surrogate pair in UTF-16 and before it in UTF-8.
    private static readonly string[] _components =
        ["a", "a", "b", "a-", "a.", "a.b", "a0", "a!", "-", "0", ".", "..", "", "é", "\uFFFD", "\U0001F600", "\u0001", " ", new('n', 255), new('n', 256)];

    private static readonly string[] _tags =
        ["0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef-17", "0123456789ABCDEF0123456789ABCDEF", "text", "\"\"quoted\"\"", "W/\"weak\"", ""];

    /// <summary>The same for the same numbers.</summary>
    public static RandomTree Create(int seed, int number) =>
        Trees.Sample(1, new Rnd(((ulong)seed * 1_000_003) + (ulong)number, (2 * (ulong)number) + 1), 50).Single();

    /// <summary>Puts the objects whose keys can exist.</summary>
    public void PutInto(SnapshotRig rig)
    {
        foreach (Put put in Puts.Where(put => ObjectKey.CanExist(Encoding.UTF8.GetBytes(rig.Origin.Prefix + put.Key))))
            rig.Put(put.Key, put.Size, put.ETag, put.LastModified, put.StorageClass);
    }

    private static Gen<RandomTree> Trees =>
        from pageSize in Gen.Frequency((3, Gen.Choose(1, 5)), (1, Gen.Constant(1000)))
        from puts in Gen.ListOf(AnyPut, 30)
        select new RandomTree(pageSize, [.. puts]);

    private static Gen<Put> AnyPut =>
        from key in AnyKey
        from size in Gen.Choose(0, 100)
        from tag in Gen.Elements(_tags)
        from lastModified in Gen.Choose(-5, int.MaxValue)
        from storageClass in Gen.Elements("STANDARD", "GLACIER", "OTHER")
        select new Put(key, size, tag, lastModified, storageClass);

    private static Gen<string> AnyKey =>
        from length in Gen.Frequency((4, Gen.Constant(1)), (4, Gen.Constant(2)), (2, Gen.Constant(3)), (1, Gen.Constant(4)))
        from components in Gen.ArrayOf(Gen.Elements(_components), length)
        from marker in Gen.Frequency((4, Gen.Constant("")), (1, Gen.Constant("/")))
        select string.Join('/', components) + marker;

    internal sealed record Put(string Key, int Size, string ETag, long LastModified, string StorageClass);
}
