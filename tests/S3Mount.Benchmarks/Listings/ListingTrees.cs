using System.Globalization;
using S3Mount.Testing.Commands;

namespace S3Mount.Benchmarks.Listings;

/// <summary>The trees that are listed, all in one bucket.</summary>
/// <param name="files">Of the large tree; the others have their part of it.</param>
internal sealed class ListingTrees(int files)
{
    public const int ImageNetFiles = 1_281_167;

    private const int FilesOfClass = 1281;

    /// <summary>As ImageNet.</summary>
    public ListingTree Images { get; } = Classes("imagenet/", files);

    /// <summary>What peers are asked for.</summary>
    public ListingTree Part { get; } = Classes("part/", Share(files, 100_000));

    public ListingTree Flat { get; } = Tree("flat/", $"flat:{Share(files, 1_000_000)}", 0);

    /// <summary>Few files in each of very many directories.</summary>
    public ListingTree Small { get; } = Tree("small/", $"small:{Share(files, 100_000)}:3", Share(files, 100_000));

    /// <summary>Looked at before the clock runs, by every mount.</summary>
    public ListingTree WarmUp { get; } = Classes("list-warm-up/", 2000);

    public IEnumerable<ListingTree> All => [Images, Part, Flat, Small, WarmUp];

    private static ListingTree Classes(string prefix, int files)
    {
        int classes = Math.Max(2, files / FilesOfClass);
        return Tree(prefix, $"classes:{classes}:{files}", classes);
    }

    private static ListingTree Tree(string prefix, FormattableString text, int directories)
    {
        string argument = text.ToString(CultureInfo.InvariantCulture);
        return new ListingTree(prefix, argument, SyntheticArgument.Parse(prefix, argument), directories);
    }

    private static int Share(int files, int ofImageNet) => (int)Math.Max(10, (long)files * ofImageNet / ImageNetFiles);
}
