using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace S3Mount.FileSystem.Snapshots;

/// <summary>What a snapshot file says of itself, as it lies there.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SummaryRecord
{
    public const int Length = 120;

    /// <summary>Seconds since 1970.</summary>
    public long MadeAt;

    public long Files;

    /// <summary>The prefix itself is not counted.</summary>
    public long Directories;

    public long Bytes;
    public long HiddenKeys;
    public long ShadowedKeys;
    public DigestBytes Digest;
    public StringRecord Bucket;
    public StringRecord Prefix;

    /// <summary>Empty for AWS.</summary>
    public StringRecord EndpointUrl;

    public StringRecord Region;

    /// <summary>How many <see cref="StringRecord"/>s of storage classes follow.</summary>
    public ulong StorageClasses;

    public readonly SnapshotSummary ToSummary(SnapshotOrigin origin) => new()
    {
        Origin = origin,
        MadeAt = DateTimeOffset.FromUnixTimeSeconds(MadeAt),
        Files = Files,
        Directories = Directories,
        Bytes = Bytes,
        HiddenKeys = HiddenKeys,
        ShadowedKeys = ShadowedKeys,
        Digest = SnapshotDigest.ToText(Digest),
    };

    [InlineArray(SnapshotDigest.Length)]
    internal struct DigestBytes
    {
        private byte _first;
    }
}
