using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>An operation that waits for its turn, and is never sent.</summary>
internal sealed class WaitingOperation(S3OperationKind kind) : S3Operation
{
    public bool Wanted { get; set; } = true;

    public override S3OperationKind Kind => kind;

    public override ObjectKey Key => default;

    public override ObjectKey PathKey => default;

    public override bool IsWanted => Wanted;

    public override ValueTask<S3Error?> TakeAsync(HttpResponseMessage response, TryClock clock) => throw new NotSupportedException();
}
