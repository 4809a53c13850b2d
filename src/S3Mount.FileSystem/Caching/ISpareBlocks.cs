namespace S3Mount.FileSystem.Caching;

/// <summary>Blocks that are held beside the cache, in its memory, for as long as nobody else wants it. Any thread.</summary>
internal interface ISpareBlocks
{
    /// <summary>Gives one back that nobody uses, the oldest. The caller holds no gate.</summary>
    /// <returns>False: there is none.</returns>
    bool TryEvictOldest();
}
