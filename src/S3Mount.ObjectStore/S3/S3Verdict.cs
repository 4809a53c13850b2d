namespace S3Mount.ObjectStore.S3;

/// <summary>What to do about a failed try, and what it is if that cannot be done or has not helped.</summary>
internal readonly record struct S3Verdict(S3Action Action, ObjectStoreFailure Failure);
