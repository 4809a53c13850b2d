namespace S3Mount.Fuse.Protocol;

/// <summary>enum fuse_notify_code (include/uapi/linux/fuse.h, v6.18): the error field of a message with unique 0.</summary>
internal enum FuseNotifyCode
{
    Poll = 1,
    InvalInode = 2,
    InvalEntry = 3,
    Store = 4,
    Retrieve = 5,
    Delete = 6,
    Resend = 7,
    IncEpoch = 8,
    Prune = 9,
}
