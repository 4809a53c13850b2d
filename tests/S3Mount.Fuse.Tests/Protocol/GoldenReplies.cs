namespace S3Mount.Fuse.Tests.Protocol;

/// <summary>Answers byte by byte, from fuse_kernel.h 7.45: little-endian, one line a field.</summary>
internal static class GoldenReplies
{
    public static byte[] Entry => Wire.Bytes("""
        90000000                         # len 144
        00000000                         # error 0
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        0500000000000000                 # generation 5
        3c00000000000000                 # entry_valid 60 s
        3d00000000000000                 # attr_valid 61 s
        0065cd1d                         # entry_valid_nsec
        80b2e60e                         # attr_valid_nsec
        8877665544332211                 # attr.ino
        0504030201000000                 # attr.size
        8281000000000000                 # attr.blocks
        01f1536500000000                 # attr.atime
        02f1536500000000                 # attr.mtime
        03f1536500000000                 # attr.ctime
        0b000000                         # attr.atimensec
        0c000000                         # attr.mtimensec
        0d000000                         # attr.ctimensec
        24810000                         # attr.mode 0100444
        01000000                         # attr.nlink
        e8030000                         # attr.uid
        64000000                         # attr.gid
        00000000                         # attr.rdev
        00100000                         # attr.blksize
        00000000                         # attr.flags
        """);

    public static byte[] NegativeEntry => Wire.Bytes("""
        90000000                         # len 144
        00000000                         # error 0
        3412000000000000                 # unique 4660
        0000000000000000                 # nodeid 0: no such name
        0000000000000000                 # generation
        0500000000000000                 # entry_valid 5 s
        0000000000000000                 # attr_valid
        00000000                         # entry_valid_nsec
        00000000                         # attr_valid_nsec
        0000000000000000000000000000000000000000000000000000000000000000
        0000000000000000000000000000000000000000000000000000000000000000
        000000000000000000000000000000000000000000000000 # attr
        """);

    public static byte[] Attr => Wire.Bytes("""
        78000000                         # len 120
        00000000                         # error 0
        3412000000000000                 # unique 4660
        3d00000000000000                 # attr_valid 61 s
        80b2e60e                         # attr_valid_nsec
        00000000                         # dummy
        8877665544332211                 # attr.ino
        0504030201000000                 # attr.size
        8281000000000000                 # attr.blocks
        01f1536500000000                 # attr.atime
        02f1536500000000                 # attr.mtime
        03f1536500000000                 # attr.ctime
        0b000000                         # attr.atimensec
        0c000000                         # attr.mtimensec
        0d000000                         # attr.ctimensec
        24810000                         # attr.mode 0100444
        01000000                         # attr.nlink
        e8030000                         # attr.uid
        64000000                         # attr.gid
        00000000                         # attr.rdev
        00100000                         # attr.blksize
        00000000                         # attr.flags
        """);

    public static byte[] Statx => Wire.Bytes("""
        30010000                         # len 304
        00000000                         # error 0
        3412000000000000                 # unique 4660
        3d00000000000000                 # attr_valid 61 s
        80b2e60e                         # attr_valid_nsec
        00000000                         # flags
        0000000000000000                 # spare
        0000000000000000                 # spare
        ff070000                         # mask STATX_BASIC_STATS
        00100000                         # blksize
        0000000000000000                 # attributes
        01000000                         # nlink
        e8030000                         # uid
        64000000                         # gid
        2481                             # mode 0100444
        0000                             # __spare0
        8877665544332211                 # ino
        0504030201000000                 # size
        8281000000000000                 # blocks
        0000000000000000                 # attributes_mask
        01f1536500000000                 # atime.tv_sec
        0b000000                         # atime.tv_nsec
        00000000                         # reserved
        0000000000000000                 # btime.tv_sec
        00000000                         # btime.tv_nsec
        00000000                         # reserved
        03f1536500000000                 # ctime.tv_sec
        0d000000                         # ctime.tv_nsec
        00000000                         # reserved
        02f1536500000000                 # mtime.tv_sec
        0c000000                         # mtime.tv_nsec
        00000000                         # reserved
        00000000                         # rdev_major
        00000000                         # rdev_minor
        00000000                         # dev_major
        00000000                         # dev_minor
        0000000000000000000000000000000000000000000000000000000000000000
        0000000000000000000000000000000000000000000000000000000000000000
        0000000000000000000000000000000000000000000000000000000000000000
        00000000000000000000000000000000 # __spare2[14]
        """);

    public static byte[] Ok => Wire.Bytes("""
        10000000                         # len 16
        00000000                         # error 0
        3412000000000000                 # unique 4660
        """);

    public static byte[] Open => Wire.Bytes("""
        20000000                         # len 32
        00000000                         # error 0
        3412000000000000                 # unique 4660
        0900000000000000                 # fh 9
        02000000                         # open_flags FOPEN_KEEP_CACHE
        00000000                         # backing_id
        """);

    public static byte[] Read => Wire.Bytes("""
        18000000                         # len 24
        00000000                         # error 0
        3412000000000000                 # unique 4660
        0001020304050607                 # the bytes
        """);

    public static byte[] ReadDir => Wire.Bytes("""
        50000000                         # len 80
        00000000                         # error 0
        3412000000000000                 # unique 4660
        3100000000000000                 # ino
        0100000000000000                 # off 1
        05000000                         # namelen 5
        08000000                         # type DT_REG
        612e6a7067                       # "a.jpg"
        000000                           # up to 8
        3200000000000000                 # ino
        0200000000000000                 # off 2
        08000000                         # namelen 8
        04000000                         # type DT_DIR
        6e30313233343536                 # "n0123456", already a multiple of 8
        """);

    public static byte[] ReadDirPlus => Wire.Bytes("""
        50010000                         # len 336
        00000000                         # error 0
        3412000000000000                 # unique 4660
        4d00000000000000                 # nodeid 77
        0500000000000000                 # generation 5
        3c00000000000000                 # entry_valid 60 s
        3d00000000000000                 # attr_valid 61 s
        0065cd1d                         # entry_valid_nsec
        80b2e60e                         # attr_valid_nsec
        8877665544332211                 # attr.ino
        0504030201000000                 # attr.size
        8281000000000000                 # attr.blocks
        01f1536500000000                 # attr.atime
        02f1536500000000                 # attr.mtime
        03f1536500000000                 # attr.ctime
        0b000000                         # attr.atimensec
        0c000000                         # attr.mtimensec
        0d000000                         # attr.ctimensec
        24810000                         # attr.mode 0100444
        01000000                         # attr.nlink
        e8030000                         # attr.uid
        64000000                         # attr.gid
        00000000                         # attr.rdev
        00100000                         # attr.blksize
        00000000                         # attr.flags
        3100000000000000                 # ino
        0100000000000000                 # off 1
        05000000                         # namelen 5
        08000000                         # type DT_REG
        612e6a7067                       # "a.jpg"
        000000                           # up to 8
        4d00000000000000                 # nodeid 77
        0500000000000000                 # generation 5
        3c00000000000000                 # entry_valid 60 s
        3d00000000000000                 # attr_valid 61 s
        0065cd1d                         # entry_valid_nsec
        80b2e60e                         # attr_valid_nsec
        8877665544332211                 # attr.ino
        0504030201000000                 # attr.size
        8281000000000000                 # attr.blocks
        01f1536500000000                 # attr.atime
        02f1536500000000                 # attr.mtime
        03f1536500000000                 # attr.ctime
        0b000000                         # attr.atimensec
        0c000000                         # attr.mtimensec
        0d000000                         # attr.ctimensec
        24810000                         # attr.mode 0100444
        01000000                         # attr.nlink
        e8030000                         # attr.uid
        64000000                         # attr.gid
        00000000                         # attr.rdev
        00100000                         # attr.blksize
        00000000                         # attr.flags
        3200000000000000                 # ino
        0200000000000000                 # off 2
        08000000                         # namelen 8
        04000000                         # type DT_DIR
        6e30313233343536                 # "n0123456", already a multiple of 8
        """);

    public static byte[] StatFs => Wire.Bytes("""
        60000000                         # len 96
        00000000                         # error 0
        3412000000000000                 # unique 4660
        0100000000000000                 # blocks
        0200000000000000                 # bfree
        0300000000000000                 # bavail
        0400000000000000                 # files
        0500000000000000                 # ffree
        00100000                         # bsize
        ff000000                         # namelen
        00020000                         # frsize
        00000000                         # padding
        000000000000000000000000000000000000000000000000 # spare[6]
        """);

    public static byte[] XattrSize => Wire.Bytes("""
        18000000                         # len 24
        00000000                         # error 0
        3412000000000000                 # unique 4660
        0c000000                         # size 12
        00000000                         # padding
        """);

    public static byte[] Bytes => Wire.Bytes("""
        17000000                         # len 23
        00000000                         # error 0
        3412000000000000                 # unique 4660
        612f622e6a7067                   # "a/b.jpg"
        """);

    public static byte[] Lseek => Wire.Bytes("""
        18000000                         # len 24
        00000000                         # error 0
        3412000000000000                 # unique 4660
        0020000000000000                 # offset 8192
        """);

    public static byte[] InterruptAgain => Wire.Bytes("""
        10000000                         # len 16
        f5ffffff                         # error -11
        3512000000000000                 # unique 4661
        """);

    public static byte[] Eros => Wire.Bytes("""
        10000000                         # len 16
        e2ffffff                         # error -30
        3412000000000000                 # unique 4660
        """);
}
