using System.Globalization;

namespace S3Mount.Testing.Objects;

/// <summary>The parts of a multipart upload one after another, with the tag that S3 gives to such an object.</summary>
public sealed class CompositeContent : ObjectContent
{
    private readonly ObjectContent[] _parts;
    private readonly long[] _starts;

    public CompositeContent(IEnumerable<ObjectContent> parts)
    {
        // An empty part has no byte that a search could end on.
        ObjectContent[] all = [.. parts];
        ETag = CombineTags(all);
        _parts = [.. all.Where(part => part.Length > 0)];
        _starts = new long[_parts.Length];
        for (int i = 0; i < _parts.Length; i++)
        {
            _starts[i] = Length;
            Length += _parts[i].Length;
        }
    }

    public override long Length { get; }

    public override string ETag { get; }

    public override ReadOnlyMemory<byte> Peek(long offset, int maxLength)
    {
        int index = Array.BinarySearch(_starts, offset);
        if (index < 0)
            index = ~index - 1;
        return _parts[index].Peek(offset - _starts[index], maxLength);
    }

    // MD5 over the parts' MD5s, a hyphen, the number of parts (S3 User Guide, "Checking object integrity").
    private static string CombineTags(ObjectContent[] parts)
    {
        byte[] tags = [.. parts.SelectMany(part => Convert.FromHexString(part.ETag))];
        return string.Create(CultureInfo.InvariantCulture, $"{ContentMd5.ETag(tags)}-{parts.Length}");
    }
}
