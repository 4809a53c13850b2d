using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Datasets;

/// <summary>A dataset that is to be shown.</summary>
/// <param name="Name">Of its directory in the root of the mount: not empty, no slash, neither <c>.</c> nor <c>..</c>.</param>
/// <param name="Identity">
/// What has to be the same for another process to go on with its node ids: store, bucket, prefix, snapshot, as one text.
/// </param>
/// <param name="Store">Stays the caller's; used until the dataset has been removed.</param>
/// <param name="Options">Memory, owners and modes are those of the mount, whatever stands here.</param>
/// <param name="Hydrates">Whether all of it comes to the disk cache by itself.</param>
public sealed record DatasetStart(string Name, string Identity, IObjectStore Store, ObjectFileSystemOptions Options, bool Hydrates);
