using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Store;

/// <summary>An object that can be read for a measurement.</summary>
internal sealed record SampleObject(ObjectKey Key, ObjectVersion Version);
