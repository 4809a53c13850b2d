using System.Globalization;
using System.Text;
using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks.Listings;

/// <summary>All listings that are measured, in the order of the tables.</summary>
internal static class ListingCatalog
{
    public const string Tree = "walk-tree";
    public const string Peers = "walk-tree-peers";
    public const string Flat = "walk-flat";
    public const string Small = "walk-small";
    public const string Sizes = "walk-stat";
    public const string One = "stat-one";
    public const string Snapshot = "snapshot";

    private static readonly StoreSetting[] _both = [StoreSetting.Loopback, StoreSetting.Remote];
    private static readonly Contender[] _alone = [Contender.S3Mount];
    private static readonly Contender[] _withPages = [Contender.S3Mount, Contender.BareInOrder, Contender.BareRanges];

    public static IReadOnlyList<ListingScenario> All(ListingTrees trees) =>
    [
        new(Tree, $"os.walk, {Size(trees.Images)}", ListingKind.Walk, trees.Images, [Contender.S3Mount, Contender.BareSame, Contender.Tmpfs]) { Settings = _both, HasWarmPass = true },
        new(Peers, $"os.walk, {Size(trees.Part)}", ListingKind.Walk, trees.Part, [Contender.S3Mount, Contender.S3Fs, Contender.RCloneOff]),
        new(Flat, $"listdir, {Files(trees.Flat)} files in one directory", ListingKind.Names, trees.Flat, _withPages) { HasWarmPass = true },
        new(Small, $"os.walk, {Size(trees.Small)}", ListingKind.Walk, trees.Small, _withPages) { HasWarmPass = true },
        new(Sizes, $"find -size, {Size(trees.Part)}", ListingKind.Sizes, trees.Part, [Contender.S3Mount, Contender.BareSame]) { Settings = _both, HasWarmPass = true },
        new(One, $"stat of one file among {Files(trees.Flat)}", ListingKind.One, trees.Flat, _alone) { Path = NameInTheMiddle(trees.Flat) },
        new(Snapshot, $"mount with a snapshot and os.walk, {Files(trees.Images)} files", ListingKind.Walk, trees.Images, _alone) { UsesSnapshot = true },
    ];

    private static string NameInTheMiddle(ListingTree tree) => Encoding.UTF8.GetString(tree.Keys[tree.Files / 2].Span[tree.Prefix.Length..]);

    private static string Size(ListingTree tree) => string.Create(CultureInfo.InvariantCulture, $"{tree.Files:N0} files in {tree.Directories:N0} directories");

    private static string Files(ListingTree tree) => tree.Files.ToString("N0", CultureInfo.InvariantCulture);
}
