namespace S3Mount.Fuse.Tests.Protocol;

/// <summary>Notifications byte by byte, from fuse_kernel.h 7.45.</summary>
internal static class GoldenNotifications
{
    public static byte[] InvalInode => Wire.Bytes("""
        28000000                         # len 40
        02000000                         # code 2 INVAL_INODE
        0000000000000000                 # unique 0: a notification
        4d00000000000000                 # ino 77
        ffffffffffffffff                 # off -1
        0000000000000000                 # len 0
        """);

    public static byte[] InvalEntry => Wire.Bytes("""
        26000000                         # len 38
        03000000                         # code 3 INVAL_ENTRY
        0000000000000000                 # unique 0: a notification
        0100000000000000                 # parent 1
        05000000                         # namelen 5
        00000000                         # flags
        612e6a706700                     # "a.jpg", NUL
        """);

    public static byte[] ExpireEntry => Wire.Bytes("""
        26000000                         # len 38
        03000000                         # code 3 INVAL_ENTRY
        0000000000000000                 # unique 0: a notification
        0100000000000000                 # parent 1
        05000000                         # namelen 5
        01000000                         # flags EXPIRE_ONLY
        612e6a706700                     # "a.jpg", NUL
        """);

    public static byte[] Store => Wire.Bytes("""
        2b000000                         # len 43
        04000000                         # code 4 STORE
        0000000000000000                 # unique 0: a notification
        4d00000000000000                 # nodeid 77
        0010000000000000                 # offset 4096
        03000000                         # size 3
        00000000                         # padding
        010203                           # the bytes
        """);

    public static byte[] Resend => Wire.Bytes("""
        10000000                         # len 16
        07000000                         # code 7 RESEND
        0000000000000000                 # unique 0: a notification
        """);
}
