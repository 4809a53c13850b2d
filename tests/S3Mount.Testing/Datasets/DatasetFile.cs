namespace S3Mount.Testing.Datasets;

/// <summary>One file of a dataset.</summary>
/// <param name="Name">Relative, with slashes.</param>
public sealed record DatasetFile(string Name, byte[] Bytes, DateTimeOffset LastModified);
