namespace S3Mount.ObjectStore;

/// <summary>What HEAD tells of an object.</summary>
public sealed record ObjectInfo(ObjectKey Key, ObjectVersion Version, string StorageClass);
