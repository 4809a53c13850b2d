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

    public static IReadOnlyList<ListingScenario> All(ListingTrees trees) =>
    [
        new ListingScenario
        {
            Name = Tree,
            Title = Text($"os.walk, {trees.Images.Files:N0} files in {trees.Images.Directories:N0} directories"),
            Kind = ListingKind.Walk,
            Tree = trees.Images,
            Contenders = [Contender.S3Mount, Contender.BareSame, Contender.Tmpfs],
            HasWarmPass = true,
        },
        new ListingScenario
        {
            Name = Peers,
            Title = Text($"os.walk, {trees.Part.Files:N0} files in {trees.Part.Directories:N0} directories"),
            Kind = ListingKind.Walk,
            Tree = trees.Part,
            Contenders = [Contender.S3Mount, Contender.S3Fs, Contender.RCloneOff],
            Settings = [StoreSetting.Remote],
        },
        new ListingScenario
        {
            Name = Flat,
            Title = Text($"listdir, {trees.Flat.Files:N0} files in one directory"),
            Kind = ListingKind.Names,
            Tree = trees.Flat,
            Contenders = [Contender.S3Mount, Contender.BareInOrder, Contender.BareRanges],
            Settings = [StoreSetting.Remote],
            HasWarmPass = true,
        },
        new ListingScenario
        {
            Name = Small,
            Title = Text($"os.walk, {trees.Small.Files:N0} files in {trees.Small.Directories:N0} directories"),
            Kind = ListingKind.Walk,
            Tree = trees.Small,
            Contenders = [Contender.S3Mount, Contender.BareInOrder, Contender.BareRanges],
            Settings = [StoreSetting.Remote],
            HasWarmPass = true,
        },
        new ListingScenario
        {
            Name = Sizes,
            Title = Text($"find -size, {trees.Part.Files:N0} files in {trees.Part.Directories:N0} directories"),
            Kind = ListingKind.Sizes,
            Tree = trees.Part,
            Contenders = [Contender.S3Mount, Contender.BareSame],
            HasWarmPass = true,
        },
        new ListingScenario
        {
            Name = One,
            Title = Text($"stat of one file among {trees.Flat.Files:N0}"),
            Kind = ListingKind.One,
            Tree = trees.Flat,
            Path = NameInTheMiddle(trees.Flat),
            Contenders = [Contender.S3Mount],
            Settings = [StoreSetting.Remote],
        },
        new ListingScenario
        {
            Name = Snapshot,
            Title = Text($"mount with a snapshot and os.walk, {trees.Images.Files:N0} files"),
            Kind = ListingKind.Walk,
            Tree = trees.Images,
            Contenders = [Contender.S3Mount],
            Settings = [StoreSetting.Remote],
            UsesSnapshot = true,
        },
    ];

    private static string NameInTheMiddle(ListingTree tree) => Encoding.UTF8.GetString(tree.Keys[tree.Files / 2].Span[tree.Prefix.Length..]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
