using System.Globalization;
using System.Text;

namespace S3Mount.Testing.Objects;

/// <summary>A <see cref="Ramp"/> of any length that costs no memory. Its tag is a digest of seed and length.</summary>
public sealed class RampContent : ObjectContent
{
    private readonly int _seed;

    public RampContent(int seed, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _seed = seed;
        Length = length;
        string name = string.Create(CultureInfo.InvariantCulture, $"ramp {seed} {length}");
        ETag = ContentMd5.ETag(Encoding.ASCII.GetBytes(name));
    }

    public override long Length { get; }

    public override string ETag { get; }

    public override void CopyTo(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, "The range does not lie within the content.");
        Ramp.Fill(destination, offset, _seed);
    }

    public override bool TryGetMemory(long offset, int length, out ReadOnlyMemory<byte> memory)
    {
        memory = default;
        return false;
    }
}
