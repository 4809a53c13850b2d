namespace S3Mount.Fuse.Tests.Protocol;

/// <summary>Requests byte by byte, from fuse_kernel.h 7.45: little-endian, one line a field.</summary>
internal static class GoldenRequests
{
    public static byte[] Lookup => Wire.Bytes("""
        32000000                         # len 50
        01000000                         # opcode 1 LOOKUP
        3412000000000000                 # unique 4660
        0100000000000000                 # nodeid 1
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        696d6720312e6a706700             # "img 1.jpg", NUL
        """);

    public static byte[] Forget => Wire.Bytes("""
        30000000                         # len 48
        02000000                         # opcode 2 FORGET
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        0300000000000000                 # nlookup 3
        """);

    public static byte[] BatchForget => Wire.Bytes("""
        50000000                         # len 80
        2a000000                         # opcode 42 BATCH_FORGET
        3412000000000000                 # unique 4660
        0000000000000000                 # nodeid 0
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        02000000                         # count 2
        00000000                         # dummy
        4d00000000000000                 # nodeid 77
        0300000000000000                 # nlookup 3
        4e00000000000000                 # nodeid 78
        0100000000000000                 # nlookup 1
        """);

    public static byte[] GetAttr => Wire.Bytes("""
        38000000                         # len 56
        03000000                         # opcode 3 GETATTR
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        01000000                         # getattr_flags FH
        00000000                         # dummy
        0900000000000000                 # fh 9
        """);

    public static byte[] Statx => Wire.Bytes("""
        40000000                         # len 64
        34000000                         # opcode 52 STATX
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        00000000                         # getattr_flags
        00000000                         # reserved
        0000000000000000                 # fh
        00000000                         # sx_flags
        ff0f0000                         # sx_mask STATX_BASIC_STATS|STATX_BTIME
        """);

    public static byte[] Access => Wire.Bytes("""
        30000000                         # len 48
        22000000                         # opcode 34 ACCESS
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        04000000                         # mask R_OK
        00000000                         # padding
        """);

    public static byte[] Open => Wire.Bytes("""
        30000000                         # len 48
        0e000000                         # opcode 14 OPEN
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        00800000                         # flags O_RDONLY|O_LARGEFILE
        00000000                         # open_flags
        """);

    public static byte[] Read => Wire.Bytes("""
        50000000                         # len 80
        0f000000                         # opcode 15 READ
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        0900000000000000                 # fh 9
        0000000001000000                 # offset 4 GiB
        00100000                         # size 4096
        02000000                         # read_flags LOCKOWNER
        bc0a000000000000                 # lock_owner
        00800000                         # flags O_LARGEFILE
        00000000                         # padding
        """);

    public static byte[] Flush => Wire.Bytes("""
        40000000                         # len 64
        19000000                         # opcode 25 FLUSH
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        0900000000000000                 # fh 9
        00000000                         # unused
        00000000                         # padding
        bc0a000000000000                 # lock_owner
        """);

    public static byte[] Release => Wire.Bytes("""
        40000000                         # len 64
        12000000                         # opcode 18 RELEASE
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        0900000000000000                 # fh 9
        00800000                         # flags
        00000000                         # release_flags
        bc0a000000000000                 # lock_owner
        """);

    public static byte[] OpenDir => Wire.Bytes("""
        30000000                         # len 48
        1b000000                         # opcode 27 OPENDIR
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        00880100                         # flags O_DIRECTORY|O_NONBLOCK|O_LARGEFILE
        00000000                         # open_flags
        """);

    public static byte[] ReadDir => Wire.Bytes("""
        50000000                         # len 80
        1c000000                         # opcode 28 READDIR
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        0900000000000000                 # fh 9
        0000000001000000                 # offset 4 GiB
        00100000                         # size 4096
        02000000                         # read_flags LOCKOWNER
        bc0a000000000000                 # lock_owner
        00800000                         # flags O_LARGEFILE
        00000000                         # padding
        """);

    public static byte[] ReadDirPlus => Wire.Bytes("""
        50000000                         # len 80
        2c000000                         # opcode 44 READDIRPLUS
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        0900000000000000                 # fh 9
        0000000001000000                 # offset 4 GiB
        00100000                         # size 4096
        02000000                         # read_flags LOCKOWNER
        bc0a000000000000                 # lock_owner
        00800000                         # flags O_LARGEFILE
        00000000                         # padding
        """);

    public static byte[] ReleaseDir => Wire.Bytes("""
        40000000                         # len 64
        1d000000                         # opcode 29 RELEASEDIR
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        0900000000000000                 # fh 9
        00800000                         # flags
        00000000                         # release_flags
        0000000000000000                 # lock_owner
        """);

    public static byte[] StatFs => Wire.Bytes("""
        28000000                         # len 40
        11000000                         # opcode 17 STATFS
        3412000000000000                 # unique 4660
        0100000000000000                 # nodeid 1
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        """);

    public static byte[] GetXattr => Wire.Bytes("""
        3c000000                         # len 60
        16000000                         # opcode 22 GETXATTR
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        80000000                         # size 128
        00000000                         # padding
        757365722e73332e6b657900         # "user.s3.key", NUL
        """);

    public static byte[] ListXattr => Wire.Bytes("""
        30000000                         # len 48
        17000000                         # opcode 23 LISTXATTR
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        00000000                         # size 0: how long?
        00000000                         # padding
        """);

    public static byte[] Lseek => Wire.Bytes("""
        40000000                         # len 64
        2e000000                         # opcode 46 LSEEK
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        0900000000000000                 # fh 9
        0010000000000000                 # offset 4096
        04000000                         # whence SEEK_HOLE
        00000000                         # padding
        """);

    public static byte[] Interrupt => Wire.Bytes("""
        30000000                         # len 48
        24000000                         # opcode 36 INTERRUPT
        3512000000000000                 # unique 4661
        0000000000000000                 # nodeid 0
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        3412000000000000                 # unique 4660
        """);

    public static byte[] Destroy => Wire.Bytes("""
        28000000                         # len 40
        26000000                         # opcode 38 DESTROY
        3412000000000000                 # unique 4660
        0000000000000000                 # nodeid 0
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        """);
}
