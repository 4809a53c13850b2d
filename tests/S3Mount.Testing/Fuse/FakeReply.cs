using Mono.Unix.Native;

namespace S3Mount.Testing.Fuse;

/// <summary>An answer of the session: its errno, or the body that came with success.</summary>
public sealed record FakeReply<T>(Errno Error, T Value)
{
    public bool IsOk => Error == 0;

    /// <summary>The body; a failure of the test where the answer is an error.</summary>
    public T Required => IsOk ? Value : throw new InvalidOperationException($"answered with {Error}");
}
