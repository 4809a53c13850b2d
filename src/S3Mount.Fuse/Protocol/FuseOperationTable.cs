namespace S3Mount.Fuse.Protocol;

/// <summary>The operations of protocol 7.45 by opcode; sizes from include/uapi/linux/fuse.h, v6.18.</summary>
internal static class FuseOperationTable
{
    private static readonly FuseOperation?[] _operations = Build();

    /// <summary>One more than the largest opcode.</summary>
    public static int Length => _operations.Length;

    /// <summary>Null for an opcode that this protocol version does not have.</summary>
    public static FuseOperation? Find(FuseOpcode opcode) => (uint)opcode < (uint)_operations.Length ? _operations[(int)opcode] : null;

    /// <summary>For log lines.</summary>
    public static string NameOf(FuseOpcode opcode) => Find(opcode)?.Name ?? "opcode " + (uint)opcode;

    private static FuseOperation?[] Build()
    {
        var table = new FuseOperation?[(int)FuseOpcode.CopyFileRange64 + 1];
        void Add(FuseOpcode opcode, string name, int size, bool answered = true) => table[(int)opcode] = new(name, size, answered);

        Add(FuseOpcode.Lookup, "LOOKUP", 1);
        Add(FuseOpcode.Forget, "FORGET", 8, answered: false);
        Add(FuseOpcode.GetAttr, "GETATTR", 16);
        Add(FuseOpcode.SetAttr, "SETATTR", 88);
        Add(FuseOpcode.ReadLink, "READLINK", 0);
        Add(FuseOpcode.SymLink, "SYMLINK", 2);
        Add(FuseOpcode.MkNod, "MKNOD", 16 + 1);
        Add(FuseOpcode.MkDir, "MKDIR", 8 + 1);
        Add(FuseOpcode.Unlink, "UNLINK", 1);
        Add(FuseOpcode.RmDir, "RMDIR", 1);
        Add(FuseOpcode.Rename, "RENAME", 8 + 2);
        Add(FuseOpcode.Link, "LINK", 8 + 1);
        Add(FuseOpcode.Open, "OPEN", 8);
        Add(FuseOpcode.Read, "READ", 40);
        Add(FuseOpcode.Write, "WRITE", 40);
        Add(FuseOpcode.StatFs, "STATFS", 0);
        Add(FuseOpcode.Release, "RELEASE", 24);
        Add(FuseOpcode.FSync, "FSYNC", 16);
        // 8 bytes more with SETXATTR_EXT, which is not negotiated.
        Add(FuseOpcode.SetXattr, "SETXATTR", 8 + 1);
        Add(FuseOpcode.GetXattr, "GETXATTR", 8 + 1);
        Add(FuseOpcode.ListXattr, "LISTXATTR", 8);
        Add(FuseOpcode.RemoveXattr, "REMOVEXATTR", 1);
        Add(FuseOpcode.Flush, "FLUSH", 24);
        // The part that every major version has; the rest is looked at after the versions.
        Add(FuseOpcode.Init, "INIT", 8);
        Add(FuseOpcode.OpenDir, "OPENDIR", 8);
        Add(FuseOpcode.ReadDir, "READDIR", 40);
        Add(FuseOpcode.ReleaseDir, "RELEASEDIR", 24);
        Add(FuseOpcode.FSyncDir, "FSYNCDIR", 16);
        Add(FuseOpcode.GetLk, "GETLK", 48);
        Add(FuseOpcode.SetLk, "SETLK", 48);
        Add(FuseOpcode.SetLkW, "SETLKW", 48);
        Add(FuseOpcode.Access, "ACCESS", 8);
        Add(FuseOpcode.Create, "CREATE", 16 + 1);
        // Answered only to have it queued again (see FuseSession.Interrupt).
        Add(FuseOpcode.Interrupt, "INTERRUPT", 8, answered: false);
        Add(FuseOpcode.BMap, "BMAP", 16);
        Add(FuseOpcode.Destroy, "DESTROY", 0);
        Add(FuseOpcode.Ioctl, "IOCTL", 32);
        Add(FuseOpcode.Poll, "POLL", 24);
        Add(FuseOpcode.NotifyReply, "NOTIFY_REPLY", 40, answered: false);
        Add(FuseOpcode.BatchForget, "BATCH_FORGET", 8, answered: false);
        Add(FuseOpcode.FAllocate, "FALLOCATE", 32);
        Add(FuseOpcode.ReadDirPlus, "READDIRPLUS", 40);
        Add(FuseOpcode.Rename2, "RENAME2", 16 + 2);
        Add(FuseOpcode.LSeek, "LSEEK", 24);
        Add(FuseOpcode.CopyFileRange, "COPY_FILE_RANGE", 56);
        Add(FuseOpcode.SetupMapping, "SETUPMAPPING", 40);
        Add(FuseOpcode.RemoveMapping, "REMOVEMAPPING", 4);
        Add(FuseOpcode.SyncFs, "SYNCFS", 8);
        Add(FuseOpcode.TmpFile, "TMPFILE", 16 + 1);
        Add(FuseOpcode.Statx, "STATX", 24);
        Add(FuseOpcode.CopyFileRange64, "COPY_FILE_RANGE_64", 56);
        return table;
    }
}
