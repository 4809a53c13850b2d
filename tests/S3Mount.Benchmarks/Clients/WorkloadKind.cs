namespace S3Mount.Benchmarks.Clients;

/// <summary>What a client program does with its reads.</summary>
internal enum WorkloadKind
{
    /// <summary>Names and sizes of everything below the prefix.</summary>
    Walk,

    /// <summary>A walk and a few reads elsewhere, so that what is measured next finds a program that has run before.</summary>
    Prepare,

    /// <summary>Whole files: open, fstat, read to the end, close.</summary>
    Files,

    /// <summary>Ranges of files that stay open.</summary>
    Records,

    /// <summary>A mapping of each file, from its beginning to its end.</summary>
    Map,

    /// <summary>As Files, with the time of each; those that cannot be read are counted.</summary>
    TimedFiles,

    /// <summary>The time from open to the first bytes of each file.</summary>
    FirstByte,

    /// <summary>torchvision's ImageFolder and PyTorch's DataLoader, one epoch.</summary>
    Loader,

    /// <summary>By HTTP: a listing of every directory below the prefix, in parallel.</summary>
    ListTree,

    /// <summary>By HTTP: a listing of the prefix without a delimiter, between the keys of the plan in parallel; without any, page after page.</summary>
    ListRanges,

    /// <summary>As Files or Records, comparing every byte with what was put into the store. Not timed.</summary>
    Verify,
}
