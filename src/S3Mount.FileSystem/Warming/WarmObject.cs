using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Warming;

/// <summary>An object that is to be in the disk cache.</summary>
internal readonly record struct WarmObject(ObjectKey Key, ObjectVersion Version, string StorageClass);
