namespace S3Mount.FileSystem.Inodes;

/// <summary>Names are bytes: equal when every byte is.</summary>
internal sealed class NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly NameComparer Instance = new();

    /// <summary>Differs from process to process, so that nobody can choose names that collide.</summary>
    public static uint Hash(ReadOnlySpan<byte> name)
    {
        HashCode hash = default;
        hash.AddBytes(name);
        return (uint)hash.ToHashCode();
    }

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] name) => GetHashCode(name.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> name) => (int)Hash(name);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
