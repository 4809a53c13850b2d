using S3Mount.Testing.Datasets;

namespace S3Mount.Testing.Commands;

/// <summary>Reads <c>imagefolder:CLASSES:IMAGES[:MEDIAN_SIDE]</c>.</summary>
internal static class DatasetArgument
{
    public static ImageFolderDataset Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts is not ["imagefolder", _, _, ..] || parts.Length > 4)
            throw new UsageException($"'{text}' is no dataset; imagefolder:CLASSES:IMAGES[:MEDIAN_SIDE] is one.");
        return Create(parts.AsSpan(1));
    }

    /// <param name="arguments">CLASSES IMAGES [MEDIAN_SIDE]</param>
    public static ImageFolderDataset Create(ReadOnlySpan<string> arguments) => new(
        CommandArguments.ParseCount(arguments[0]),
        CommandArguments.ParseCount(arguments[1]),
        arguments.Length > 2 ? CommandArguments.ParseCount(arguments[2]) : ImageFolderDataset.DefaultMedianSide);
}
