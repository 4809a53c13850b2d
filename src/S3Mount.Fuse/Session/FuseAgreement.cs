namespace S3Mount.Fuse.Session;

/// <summary>
/// What INIT agreed on. The kernel sends it once in the life of a connection: a process that goes on with the connection of another has to be
/// told (<see cref="FuseSessionOptions.Resumed"/>).
/// </summary>
/// <param name="Minor">The minor version that both sides speak; the major is 7.</param>
/// <param name="Flags">The flags of the answer, 64 bits (fuse_init_out.flags and flags2).</param>
/// <param name="MaxPages">The pages of the largest READ (fuse_init_out.max_pages).</param>
public readonly record struct FuseAgreement(int Minor, ulong Flags, int MaxPages)
{
    /// <summary>Whether the kernel can send requests again that another process has read (NOTIFY_RESEND, 7.40; Linux 6.9).</summary>
    public bool CanResend => ((Protocol.FuseInitFlags)Flags).HasFlag(Protocol.FuseInitFlags.HasResend);

    /// <summary>Whether the kernel can be told that no name stands any more for what it stood for (NOTIFY_INC_EPOCH, 7.44; Linux 6.16).</summary>
    public bool CanForgetNames => Minor >= 44;
}
