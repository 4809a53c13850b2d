namespace S3Mount.Testing.Fuse;

/// <summary>A message with unique 0.</summary>
/// <param name="Code">enum fuse_notify_code: 2 INVAL_INODE, 3 INVAL_ENTRY, 4 STORE, 7 RESEND.</param>
/// <param name="Body">What follows the header.</param>
public sealed record FakeNotification(int Code, byte[] Body)
{
    public const int InvalInode = 2;
    public const int InvalEntry = 3;
    public const int Store = 4;
    public const int Resend = 7;

    /// <summary>Parent (or node) of an invalidation.</summary>
    public ulong Node => BitConverter.ToUInt64(Body, 0);

    /// <summary>Of INVAL_ENTRY.</summary>
    public bool IsExpireOnly => BitConverter.ToUInt32(Body, 12) == 1;

    /// <summary>Of INVAL_ENTRY, without its NUL.</summary>
    public byte[] Name => Body[16..^1];
}
