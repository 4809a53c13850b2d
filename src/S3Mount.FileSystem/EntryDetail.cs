namespace S3Mount.FileSystem;

/// <summary>What READDIR and READDIRPLUS tell of an entry.</summary>
internal enum EntryDetail
{
    /// <summary>READDIR.</summary>
    Name,

    /// <summary>READDIRPLUS, where files are not worth an inode: each directory of a walk is entered.</summary>
    AttributesOfDirectories,

    /// <summary>READDIRPLUS, before anything is known: the first files of the directory have attributes.</summary>
    AttributesOfFirst,

    Attributes,
}
