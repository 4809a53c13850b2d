namespace S3Mount.FileSystem.Handover;

/// <summary>
/// With which node ids a file system begins whose kernel may outlive it, or has outlived another: no id ever stands for two things.
/// Without a <see cref="State"/> all that the kernel knows but the root answers ESTALE, and is looked up anew.
/// </summary>
public sealed record InodeStart
{
    /// <summary>
    /// The numbers that node ids are made of begin here, beyond all that were ever reserved under the same kernel; 0 where there were none. Not
    /// used where there is a <see cref="State"/>.
    /// </summary>
    public int FirstNumber { get; init; }

    /// <summary>
    /// Told before a number is used that was not reserved yet, with the number up to which (exclusive) they may be used from then on:
    /// for whoever starts after a crash. Any thread, under locks: it must be quick, and must not throw.
    /// </summary>
    public Action<int> Reserve { get; init; } = _ => { };

    /// <summary>What <see cref="ObjectFileSystem.SaveInodes"/> has written, read to its end by the constructor; null: nothing was saved.</summary>
    public Stream? State { get; init; }
}
