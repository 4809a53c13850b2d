namespace S3Mount.ObjectStore;

/// <summary>What a store has been asked so far; every try counts. Read at any time from any thread.</summary>
public readonly record struct ObjectStoreStatistics(long Gets, long Heads, long Lists, long Retries, long BytesRead)
{
    /// <summary>Of several stores together.</summary>
    public static ObjectStoreStatistics operator +(ObjectStoreStatistics left, ObjectStoreStatistics right) =>
        new(left.Gets + right.Gets, left.Heads + right.Heads, left.Lists + right.Lists, left.Retries + right.Retries, left.BytesRead + right.BytesRead);
}
