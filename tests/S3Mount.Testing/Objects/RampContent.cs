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

    public override ReadOnlyMemory<byte> Peek(long offset, int maxLength) =>
        Ramp.Peek(offset, (int)Math.Min(maxLength, Length - offset), _seed);
}
