using System.Text;
using S3Mount.ObjectStore;
using S3Mount.Testing.Objects;

namespace S3Mount.Testing;

/// <summary>
/// A bucket in memory, with S3's semantics and no network. It counts and records what it is asked, holds calls at gates and fails
/// where a test says so. Any thread; objects may be put and deleted while reads run: a read shows the version that was there when
/// it passed the gate, from the first byte to the last.
/// </summary>
public sealed partial class FakeObjectStore : IObjectStore
{
    private readonly TimeProvider _timeProvider;
    private readonly ObjectTable _objects = new();
    private readonly StoreCallLog _log = new();
    private volatile bool _isDisposed;

    public FakeObjectStore(TimeProvider? timeProvider = null) => _timeProvider = timeProvider ?? TimeProvider.System;

    /// <summary>Most objects and common prefixes of a page (S3: 1,000).</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>Bytes after which a ranged read tells its progress.</summary>
    public int ProgressStep { get; set; } = int.MaxValue;

    /// <summary>Whether a call that nothing holds still completes on another thread, as one over a network would.</summary>
    public bool CompletesAsynchronously { get; set; }

    /// <summary>Called before a HEAD looks for its object.</summary>
    public Func<StoreCall, CancellationToken, ValueTask>? OnHead { get; set; }

    /// <summary>Called before a listing is made.</summary>
    public Func<StoreCall, CancellationToken, ValueTask>? OnList { get; set; }

    /// <summary>Called before a ranged read looks for its object.</summary>
    public Func<StoreCall, CancellationToken, ValueTask>? OnRead { get; set; }

    /// <summary>Called whenever a ranged read has made progress, with the bytes that are valid.</summary>
    public Func<StoreCall, int, CancellationToken, ValueTask>? OnProgress { get; set; }

    public ObjectTable Objects => _objects;

    /// <summary>What has been asked since the beginning or the last <see cref="ResetCalls"/>.</summary>
    public IReadOnlyList<StoreCall> Calls => _log.Calls;

    public int Gets => _log.Count(StoreOperation.Get);

    public int Lists => _log.Count(StoreOperation.List);

    public int Heads => _log.Count(StoreOperation.Head);

    /// <summary>Calls under way, also those before a gate.</summary>
    public int InFlight => _log.InFlight;

    /// <summary>Most calls that were under way at once.</summary>
    public int MaxInFlight => _log.MaxInFlight;

    public void ResetCalls() => _log.Reset();

    public StoredObject Put(ObjectKey key, ObjectContent content, DateTimeOffset? lastModified = null)
    {
        var stored = new StoredObject { Key = key, Content = content, LastModified = lastModified ?? _timeProvider.GetUtcNow() };
        _objects.Put(stored);
        return stored;
    }

    public StoredObject Put(string key, byte[] bytes, DateTimeOffset? lastModified = null) =>
        Put(new ObjectKey(key), new BytesContent(bytes), lastModified);

    public StoredObject Put(string key, string text, DateTimeOffset? lastModified = null) =>
        Put(key, Encoding.UTF8.GetBytes(text), lastModified);

    /// <summary>An object that holds a <see cref="Ramp"/>, of any size.</summary>
    public StoredObject PutRamp(string key, long length, int seed = 0, DateTimeOffset? lastModified = null) =>
        Put(new ObjectKey(key), new RampContent(seed, length), lastModified);

    /// <summary>An object with everything as given: storage class, tag, LastModified.</summary>
    public void Put(StoredObject stored) => _objects.Put(stored);

    public bool Delete(string key) => _objects.Remove(new ObjectKey(key));

    public async ValueTask<ObjectInfo> HeadAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        StoreCall call = Begin(StoreOperation.Head, key);
        try
        {
            await PassAsync(call, OnHead, cancellationToken);
            if (TakeFault(call) is { } fault)
                throw fault.Failure(call);
            StoredObject stored = Find(call);
            return new ObjectInfo(key, stored.Version, stored.StorageClass);
        }
        finally
        {
            _log.End();
        }
    }

    public async ValueTask<ListPage> ListPageAsync(ListPageRequest request, CancellationToken cancellationToken)
    {
        StoreCall call = Begin(StoreOperation.List, request.Prefix, list: request);
        try
        {
            await PassAsync(call, OnList, cancellationToken);
            if (TakeFault(call) is { } fault)
                throw fault.Failure(call);
            return ListPageBuilder.Create(_objects, request, PageSize);
        }
        finally
        {
            _log.End();
        }
    }

    public async ValueTask ReadRangeAsync(ObjectKey key, ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset > version.Size - destination.Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{destination.Length} bytes do not lie within the {version.Size} of '{key}'.");
        if (destination.IsEmpty)
            return;
        StoreCall call = Begin(StoreOperation.Get, key, offset, destination.Length);
        try
        {
            await PassAsync(call, OnRead, cancellationToken);
            await DeliverAsync(call, version, destination, progress, cancellationToken);
        }
        finally
        {
            _log.End();
        }
    }

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        OpenGates();
        return ValueTask.CompletedTask;
    }

    private StoreCall Begin(StoreOperation operation, ObjectKey key, long offset = 0, int length = 0, ListPageRequest? list = null)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _log.Begin(operation, key, offset, length, list);
    }

    private StoredObject Find(StoreCall call) => _objects.TryGet(call.Key, out StoredObject? stored)
        ? stored
        : throw new ObjectStoreException(ObjectStoreFailure.NotFound, $"{call.Operation} '{call.Key}': no such key.") { Key = call.Key, Status = 404, Code = "NoSuchKey" };

    private async ValueTask DeliverAsync(StoreCall call, ObjectVersion version, Memory<byte> destination, IReadProgress? progress, CancellationToken cancellationToken)
    {
        StoreFault? fault = TakeFault(call);
        if (fault is { AfterBytes: 0 })
            throw fault.Failure(call);
        StoredObject stored = Find(call);
        if (!stored.Version.IsSameAs(version))
            throw new ObjectStoreException(ObjectStoreFailure.PreconditionFailed, $"Get '{call.Key}': another version is there.") { Key = call.Key, Status = 412, Code = "PreconditionFailed" };
        if (ObjectStore.StorageClass.IsArchived(stored.StorageClass))
            throw new ObjectStoreException(ObjectStoreFailure.Archived, $"Get '{call.Key}': the object must be restored first.") { Key = call.Key, Status = 403, Code = "InvalidObjectState" };

        int end = Math.Min(destination.Length, fault?.AfterBytes ?? int.MaxValue);
        int filled = 0;
        while (filled < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(end - filled, Math.Max(1, ProgressStep));
            stored.Content.CopyTo(call.Offset + filled, destination.Span.Slice(filled, count));
            filled += count;
            progress?.Advance(filled);
            if (OnProgress is { } onProgress)
                await onProgress(call, filled, cancellationToken);
        }
        if (fault is not null)
            throw fault.Failure(call);
    }
}
