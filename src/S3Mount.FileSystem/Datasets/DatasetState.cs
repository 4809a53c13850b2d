namespace S3Mount.FileSystem.Datasets;

/// <summary>What the process before has left of one dataset.</summary>
/// <param name="Place">As <see cref="Dataset.Place"/>.</param>
/// <param name="Inodes">Stands where its node ids begin.</param>
internal sealed record DatasetState(int Place, Stream Inodes);
