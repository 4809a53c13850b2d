namespace S3Mount.FileSystem.Inodes;

/// <summary>
/// How many lookups of a node id the kernel holds: one for each LOOKUP and READDIRPLUS entry that named it, less what FORGET
/// gave back. Not synchronised; see <see cref="Inode"/>.
/// </summary>
internal sealed class LookupCount
{
    public ulong Value { get; private set; }

    public void Add() => Value++;

    /// <returns>Whether the kernel has forgotten the node id altogether.</returns>
    /// <exception cref="InvalidOperationException">More was forgotten than was looked up: a bug here or in the kernel.</exception>
    public bool Forget(ulong lookups)
    {
        if (lookups > Value)
            throw new InvalidOperationException($"forget of {lookups} lookups where the kernel holds {Value}");
        Value -= lookups;
        return Value == 0;
    }
}
