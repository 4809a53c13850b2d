namespace S3Mount.Fuse.Tests.Protocol;

/// <summary>INIT as Linux 5.4, 6.1, 6.9 and 6.18 send it (fuse_send_init, fs/fuse/inode.c), and what they must get.</summary>
internal static class GoldenInit
{
    public static byte[] Init54Request => Wire.Bytes("""
        38000000                         # len 56
        1a000000                         # opcode 26 INIT
        0200000000000000                 # unique 2
        0000000000000000                 # nodeid 0
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        07000000                         # major 7
        1f000000                         # minor 31
        00000200                         # max_readahead 131072
        fbffff03                         # flags 0x3fffffb
        """);

    public static byte[] Init54Reply => Wire.Bytes("""
        50000000                         # len 80
        00000000                         # error 0
        0200000000000000                 # unique 2
        07000000                         # major 7
        1f000000                         # minor 31
        00000200                         # max_readahead 131072
        01786601                         # flags 0x1667801
        0004                             # max_background 1024
        0004                             # congestion_threshold 1024
        00100000                         # max_write 4096
        01000000                         # time_gran 1
        0001                             # max_pages 256
        0000                             # map_alignment
        00000000                         # flags2 0x0
        00000000                         # max_stack_depth
        0000                             # request_timeout
        00000000000000000000000000000000000000000000 # unused[11]
        """);

    public static byte[] Init61Request => Wire.Bytes("""
        68000000                         # len 104
        1a000000                         # opcode 26 INIT
        0200000000000000                 # unique 2
        0000000000000000                 # nodeid 0
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        07000000                         # major 7
        25000000                         # minor 37
        00000200                         # max_readahead 131072
        fbffff73                         # flags 0x73fffffb
        01000000                         # flags2 0x1
        0000000000000000000000000000000000000000000000000000000000000000
        000000000000000000000000         # unused[11]
        """);

    public static byte[] Init61Reply => Wire.Bytes("""
        50000000                         # len 80
        00000000                         # error 0
        0200000000000000                 # unique 2
        07000000                         # major 7
        25000000                         # minor 37
        00000200                         # max_readahead 131072
        01786641                         # flags 0x41667801
        0004                             # max_background 1024
        0004                             # congestion_threshold 1024
        00100000                         # max_write 4096
        01000000                         # time_gran 1
        0001                             # max_pages 256
        0000                             # map_alignment
        00000000                         # flags2 0x0
        00000000                         # max_stack_depth
        0000                             # request_timeout
        00000000000000000000000000000000000000000000 # unused[11]
        """);

    public static byte[] Init69Request => Wire.Bytes("""
        68000000                         # len 104
        1a000000                         # opcode 26 INIT
        0200000000000000                 # unique 2
        0000000000000000                 # nodeid 0
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        07000000                         # major 7
        28000000                         # minor 40
        00000200                         # max_readahead 131072
        fbffff73                         # flags 0x73fffffb
        fd000000                         # flags2 0xfd
        0000000000000000000000000000000000000000000000000000000000000000
        000000000000000000000000         # unused[11]
        """);

    public static byte[] Init69Reply => Wire.Bytes("""
        50000000                         # len 80
        00000000                         # error 0
        0200000000000000                 # unique 2
        07000000                         # major 7
        28000000                         # minor 40
        00000200                         # max_readahead 131072
        01786641                         # flags 0x41667801
        0004                             # max_background 1024
        0004                             # congestion_threshold 1024
        00100000                         # max_write 4096
        01000000                         # time_gran 1
        0001                             # max_pages 256
        0000                             # map_alignment
        88000000                         # flags2 0x88
        00000000                         # max_stack_depth
        0000                             # request_timeout
        00000000000000000000000000000000000000000000 # unused[11]
        """);

    public static byte[] Init618Request => Wire.Bytes("""
        68000000                         # len 104
        1a000000                         # opcode 26 INIT
        0200000000000000                 # unique 2
        0000000000000000                 # nodeid 0
        e8030000                         # uid 1000
        64000000                         # gid 100
        92100000                         # pid 4242
        0000                             # total_extlen
        0000                             # padding
        07000000                         # major 7
        2d000000                         # minor 45
        00000200                         # max_readahead 131072
        fbffff73                         # flags 0x73fffffb
        fd070000                         # flags2 0x7fd
        0000000000000000000000000000000000000000000000000000000000000000
        000000000000000000000000         # unused[11]
        """);

    public static byte[] Init618Reply => Wire.Bytes("""
        50000000                         # len 80
        00000000                         # error 0
        0200000000000000                 # unique 2
        07000000                         # major 7
        2d000000                         # minor 45
        00000200                         # max_readahead 131072
        01786641                         # flags 0x41667801
        0004                             # max_background 1024
        0004                             # congestion_threshold 1024
        00100000                         # max_write 4096
        01000000                         # time_gran 1
        0001                             # max_pages 256
        0000                             # map_alignment
        88000000                         # flags2 0x88
        00000000                         # max_stack_depth
        0000                             # request_timeout
        00000000000000000000000000000000000000000000 # unused[11]
        """);
}
