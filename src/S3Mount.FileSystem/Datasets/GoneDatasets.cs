using S3Mount.FileSystem.Reading;

namespace S3Mount.FileSystem.Datasets;

/// <summary>What datasets that were removed have counted: what a mount has done never becomes less.</summary>
internal sealed record GoneDatasets(ReadStatistics Reads, long HiddenKeys)
{
    public static GoneDatasets None { get; } = new(ReadStatistics.Sum([]), 0);

    public GoneDatasets Add(ObjectFileSystem files) => new(ReadStatistics.Sum([Reads, files.Reads]), HiddenKeys + files.Statistics.HiddenKeys);
}
