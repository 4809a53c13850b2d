using System.Globalization;
using System.Text;
using S3Mount.FileSystem.Snapshots;
using S3Mount.ObjectStore;

namespace S3Mount.Hosting;

/// <summary>What the snapshot commands print: a name, a colon and a value a line, for people and for grep.</summary>
internal static class SnapshotText
{
    public static string Of(SnapshotSummary summary) => string.Create(CultureInfo.InvariantCulture, $"""
        dataset: {new ObjectKey(summary.Origin.Url)}
        store: {summary.Origin.Store}
        region: {summary.Origin.Region}
        made: {summary.MadeAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}
        files: {summary.Files}
        directories: {summary.Directories}
        bytes: {summary.Bytes}
        hidden keys: {summary.HiddenKeys}
        shadowed keys: {summary.ShadowedKeys}
        digest: {summary.Digest}

        """);

    public static string Of(SnapshotDifferences differences, SnapshotFile file)
    {
        string dataset = new ObjectKey(file.Summary.Origin.Url).ToString();
        if (differences.IsSame)
            return string.Create(CultureInfo.InvariantCulture, $"same: {dataset} is as in {file.Path}: {file.Summary.Files} files, {differences.Digest}\n");
        var text = new StringBuilder();
        foreach (SnapshotDifference difference in differences.First)
            text.Append(CultureInfo.InvariantCulture, $"{Word(difference.Kind)}: {difference.Path}\n");
        if (differences.Total > differences.First.Count)
            text.Append(CultureInfo.InvariantCulture, $"and {differences.Total - differences.First.Count} more\n");
        string how = differences.Total > 0
            ? string.Create(CultureInfo.InvariantCulture, $"is not as in {file.Path}: {differences.Added} added, {differences.Removed} removed, {differences.Changed} changed")
            : $"shows the files of {file.Path}, but keys that no mount shows are others (markers of directories, keys that no path can name)";
        text.Append(CultureInfo.InvariantCulture, $"differs: {dataset} {how}\n");
        return text.Append(CultureInfo.InvariantCulture, $"digest: {differences.Digest}\n").ToString();
    }

    private static string Word(SnapshotDifferenceKind kind) => kind switch
    {
        SnapshotDifferenceKind.Added => "added",
        SnapshotDifferenceKind.Removed => "removed",
        _ => "changed",
    };
}
