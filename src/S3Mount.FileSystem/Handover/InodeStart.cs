using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.Handover;

/// <summary>
/// With which node ids a file system begins whose kernel may outlive it, or has outlived another: no id ever stands for two things.
/// Without a <see cref="State"/> all that the kernel knows but the root answers ESTALE, and is looked up anew.
/// </summary>
public sealed record InodeStart
{
    /// <summary>Beyond all that were ever reserved under the same kernel.</summary>
    public required NodeNumbers Numbers { get; init; }

    /// <summary>What <see cref="ObjectFileSystem.SaveInodes"/> has written, read to its end by the constructor; null: nothing was saved.</summary>
    public Stream? State { get; init; }
}
