using S3Mount.FileSystem.Listing;
using S3Mount.Fuse.Protocol;

namespace S3Mount.FileSystem.Inodes;

/// <summary>Shows an inode as the attributes that stat(2) gives.</summary>
internal sealed class AttributeWriter
{
    private const uint DirectoryType = 0x4000; // S_IFDIR
    private const uint RegularType = 0x8000; // S_IFREG

    // What stdio and cp take as a hint for their buffers. The kernel's page cache works in these units; larger values make some
    // programs read ahead on their own.
    private const uint BlockSize = 4096;

    // glibc's opendir takes a buffer of this size for getdents (32 KiB to 1 MiB; sysdeps/unix/sysv/linux/opendir.c, 2.36), and from Linux
    // 6.16 on the kernel asks for as much at once (fuse_readdir_uncached): 2,900 names with room for attributes. os.walk of a snapshot of
    // 1,000 directories with 1,281 files: 2.4 to 2.8 s at 32 KiB (nine requests a directory), 1.6 to 2.0 s with room for all names.
    private const uint DirectoryBlockSize = 512 * 1024;

    private readonly ObjectFileSystemOptions _options;
    private readonly long _mountSeconds;

    public AttributeWriter(ObjectFileSystemOptions options, MountClock clock)
    {
        _options = options;
        _mountSeconds = clock.StartSeconds;
    }

    public FuseAttr Write(in FileInode file)
    {
        ulong modified = (ulong)file.Entry.Slab[file.Entry.Index].LastModified;
        return new FuseAttr
        {
            Ino = file.Ino,
            Size = (ulong)file.Size,
            Blocks = ((ulong)file.Size + 511) / 512,
            Atime = modified,
            Mtime = modified,
            Ctime = modified,
            Mode = RegularType | _options.FileMode,
            Nlink = 1,
            Uid = _options.Uid,
            Gid = _options.Gid,
            Blksize = BlockSize,
        };
    }

    public FuseAttr Write(DirectoryInode directory)
    {
        // A directory that has not been listed shows when the mount began. Its ctime stays that: tar takes a ctime that changes
        // between its two looks for a directory changed under it, and the first listing changes the mtime.
        ListingTrace? listed = directory.LastListing;
        ulong modified = (ulong)(listed?.MtimeSeconds ?? _mountSeconds);
        return new FuseAttr
        {
            Ino = directory.Ino,
            Size = 0,
            Atime = modified,
            Mtime = modified,
            MtimeNsec = listed?.MtimeNanoseconds ?? 0,
            Ctime = (ulong)_mountSeconds,
            Mode = DirectoryType | _options.DirectoryMode,
            Nlink = 2,
            Uid = _options.Uid,
            Gid = _options.Gid,
            Blksize = DirectoryBlockSize,
        };
    }
}
