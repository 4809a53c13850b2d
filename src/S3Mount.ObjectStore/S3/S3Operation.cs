using System.Net.Http.Headers;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// One call of the object store, over however many tries it takes. It lives for that call and keeps what a try has achieved,
/// so that the next one goes on from there. One try at a time.
/// </summary>
internal abstract class S3Operation
{
    public abstract S3OperationKind Kind { get; }

    /// <summary>The key or prefix asked for.</summary>
    public abstract ObjectKey Key { get; }

    /// <summary>The key that goes into the path; empty for the bucket itself.</summary>
    public abstract ObjectKey PathKey { get; }

    /// <summary>The query, percent-encoded and sorted.</summary>
    public virtual string Query => "";

    /// <summary>Adds the headers of the next try that are the operation's own; all of them are signed.</summary>
    public virtual void AddHeaders(ref SignedHeaders headers)
    {
    }

    /// <summary>Whether somebody waits for it, and not only may.</summary>
    public virtual bool IsWanted => true;

    /// <summary>Whether a try since the last question brought the operation forward: then the store is not in trouble.</summary>
    public virtual bool TakeProgress() => false;

    /// <summary>Whether another answer can take the place of one that cannot be used.</summary>
    public virtual bool CanBeAskedAnew => true;

    /// <summary>A try has failed, and another one follows.</summary>
    public virtual void Retry()
    {
    }

    /// <summary>Takes a successful answer.</summary>
    /// <exception cref="UnusableAnswerException">The answer cannot be used; another may be.</exception>
    /// <exception cref="IOException">The answer broke off: the next try goes on.</exception>
    /// <returns>Null, or the error that came with a status of 200.</returns>
    public abstract ValueTask<S3Error?> TakeAsync(HttpResponseMessage response, TryClock clock);

    /// <summary>The one value of a header, or null; nothing is parsed and nothing is allocated but the value.</summary>
    internal static string? HeaderOf(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) && values.Count > 0 ? values.ToString() : null;
}
