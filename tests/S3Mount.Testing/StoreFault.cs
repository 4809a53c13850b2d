using S3Mount.ObjectStore;

namespace S3Mount.Testing;

/// <summary>A failure that a <see cref="FakeObjectStore"/> shows.</summary>
public sealed record StoreFault
{
    public required StoreOperation Operation { get; init; }

    /// <summary>Only calls for this key or prefix; null for all.</summary>
    public ObjectKey? Key { get; init; }

    /// <summary>Calls that match and still succeed before the first that fails.</summary>
    public int Skip { get; init; }

    /// <summary>Calls that fail.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Bytes of a ranged read that arrive before it fails.</summary>
    public int AfterBytes { get; init; }

    /// <summary>What is thrown.</summary>
    public required Func<StoreCall, Exception> Failure { get; init; }

    /// <summary>A plain failure of this kind.</summary>
    public static Func<StoreCall, Exception> Of(ObjectStoreFailure failure) =>
        call => new ObjectStoreException(failure, $"{call.Operation} '{call.Key}': {failure}, as the test wanted.") { Key = call.Key };
}
