namespace S3Mount.Testing.Fuse;

/// <summary>How a <see cref="FakeKernel"/> introduces itself in INIT. The defaults are those of Linux 6.18.</summary>
public sealed record FakeKernelOptions
{
    /// <summary>Every flag of 7.45 but the reserved bit.</summary>
    public const ulong AllFlags = 0x7ff_7fff_ffffUL;

    public uint Major { get; init; } = 7;

    public uint Minor { get; init; } = 45;

    /// <summary>FUSE_* bits, 32 to 63 included.</summary>
    public ulong Flags { get; init; } = AllFlags;

    public uint MaxReadahead { get; init; } = 128 << 10;

    /// <summary>Bytes of fuse_init_in: 16 before 7.36, 64 since.</summary>
    public int InitLength { get; init; } = 64;

    /// <summary>How long a call waits for its answer before the test fails.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
