namespace S3Mount.Benchmarks.Contenders;

/// <summary>What the contenders are called in tables and pictures.</summary>
internal static class ContenderNames
{
    public static readonly Contender[] Peers = [Contender.S3Fs, Contender.RCloneOff, Contender.RCloneFull];

    public static bool IsPeer(this Contender contender) => Peers.Contains(contender);

    public static bool IsCeiling(this Contender contender) => contender >= Contender.BareSame;

    /// <summary>It has a process of its own whose CPU is compared: the mount's, or the bare client's.</summary>
    public static bool HasCpu(this Contender contender) => contender is not (Contender.Tmpfs or Contender.LocalDisk);

    public static string Text(this Contender contender) => contender switch
    {
        Contender.S3Mount => "s3mount",
        Contender.S3MountPlain => "s3mount, plain",
        Contender.S3Fs => "s3fs",
        Contender.RCloneOff => "rclone, cache off",
        Contender.RCloneFull => "rclone, cache full",
        Contender.BareSame => "bare client",
        Contender.BareBest => "bare client, best",
        Contender.BareInOrder => "bare client, page after page",
        Contender.BareRanges => "bare client, known ranges",
        Contender.LocalDisk => "local disk",
        _ => "tmpfs",
    };
}
