namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>
/// A read from the disk straight into a block. It has a reference of its own to the block until it returns: memory that a stuck
/// call may still write to stays a part of the budget, and is nobody else's.
/// </summary>
internal sealed class BlockRead : DiskCall
{
    private readonly DiskCache _disk;
    private readonly CacheKey _key;
    private readonly Block _block;
    private readonly int _from;

    /// <param name="from">Where in the block the bytes begin that are wanted, up to its end.</param>
    public BlockRead(DiskCache disk, in CacheKey key, Block block, int from)
    {
        (_disk, _key, _block, _from) = (disk, key, block, from);
        block.AddReference();
    }

    public override int Size => _block.Capacity;

    protected override int Work() => _disk.Read(this, _key, _block.Offset + _from, _block.Memory[_from..]);

    protected override void Free() => _block.GiveBack();
}
