namespace S3Mount.Benchmarks.Epochs;

/// <summary>How an epoch meets its data, or what is asked of the disk cache itself.</summary>
internal enum EpochKind
{
    /// <summary>The first one, while <c>--hydrate</c> runs; from the moment of the mount.</summary>
    Hydrate,

    /// <summary>The first one, with hints and without a disk cache.</summary>
    Hints,

    /// <summary>The second one, from the disk cache, on a mount that has just begun.</summary>
    Second,

    /// <summary>The second and the third, each on a new mount, with a cache that is too small.</summary>
    Half,

    /// <summary>Reads of cold files beside which the disk cache is filled.</summary>
    Cost,

    /// <summary>All of it by <c>s3mount warm</c>.</summary>
    Warm,

    /// <summary>The mount itself, with a cache of very many entries.</summary>
    Entries,
}
