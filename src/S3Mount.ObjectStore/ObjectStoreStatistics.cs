namespace S3Mount.ObjectStore;

/// <summary>What a store has been asked so far; every try counts. Read at any time from any thread.</summary>
public readonly record struct ObjectStoreStatistics(long Gets, long Heads, long Lists, long Retries, long BytesRead);
