namespace S3Mount.Fuse.Mounting;

/// <summary>What the kernel is told when mounting.</summary>
public sealed record FuseMountOptions
{
    /// <summary>Shown as the source in /proc/self/mountinfo and by mount(8), such as <c>s3mount#bucket/prefix</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The type is shown as <c>fuse.SUBTYPE</c>.</summary>
    public string Subtype { get; init; } = "s3mount";

    /// <summary>Users other than the mounting one may enter; needs root or user_allow_other in /etc/fuse.conf.</summary>
    public bool AllowOther { get; init; }

    /// <summary>The kernel checks modes and owners itself.</summary>
    public bool DefaultPermissions { get; init; } = true;

    /// <summary>MS_RDONLY; MS_NOSUID and MS_NODEV are always set.</summary>
    public bool ReadOnly { get; init; } = true;

    /// <summary>MS_NOEXEC.</summary>
    public bool NoExec { get; init; }

    /// <summary>The largest READ in bytes (max_read).</summary>
    public uint MaxRead { get; init; } = 1 << 20;
}
