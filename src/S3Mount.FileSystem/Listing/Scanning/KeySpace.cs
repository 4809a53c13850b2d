using System.Numerics;
using System.Text.Unicode;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// Arithmetic on keys: how many may lie between two, and where the n-th from here may be. A key is taken for a number whose
/// digits are what has been seen at each position (<see cref="KeyAlphabet"/>), so that names that count, hex digits and words
/// are spread out alike. Estimates, never more. Not synchronised.
/// </summary>
internal sealed class KeySpace
{
    /// <summary>What is so far away that it cannot be told.</summary>
    public const double Unknown = double.PositiveInfinity;

    // Positions before the first difference of a sample within which an estimate is made: 10^24 times the sample in digits.
    private const int Reach = 24;
    // Positions behind it: a sample of a few pages is told to a key.
    private const int Detail = 5;

    private readonly ObjectKey _prefix;
    private readonly bool _delimiter;
    private readonly KeyAlphabet _alphabet;

    public KeySpace(ObjectKey prefix, bool delimiter)
    {
        _prefix = prefix;
        _delimiter = delimiter;
        _alphabet = new KeyAlphabet(prefix.Span.Length, delimiter);
    }

    public void Observe(ListPage page) => _alphabet.Observe(page);

    /// <summary>How many keys may lie between two, if they lie as densely as in the sample.</summary>
    public double Keys(KeySample sample, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        Frame frame = FrameOf(sample, from);
        // A common prefix counts without its slash, which may put it before what it comes behind.
        if (frame.Width.Sign <= 0)
            return Unknown;
        BigInteger start = frame.Position(from), end = frame.Position(to);
        return end <= start ? 0 : sample.Keys * Ratio(end - start, frame.Width);
    }

    /// <summary>
    /// A split point that may have this many keys between itself and <paramref name="from"/>: valid UTF-8, within the prefix,
    /// behind <paramref name="from"/> and before <paramref name="until"/>, without a slash behind the prefix where the delimiter
    /// is on. Null when there is none so near, or none known so far.
    /// </summary>
    public byte[]? Ahead(KeySample sample, byte[] from, double keys, byte[]? until)
    {
        Frame frame = FrameOf(sample, from);
        if (frame.Width.Sign <= 0 || !double.IsFinite(keys))
            return null;
        // A millionth of the sample's width is finer than any estimate.
        BigInteger distance = frame.Width * new BigInteger(Math.Ceiling(keys / sample.Keys * 1e6)) / 1_000_000;
        byte[]? found = frame.KeyAt(frame.Position(from) + distance, from);
        return found is not null && IsSplit(found, from, until) ? found : null;
    }

    private bool IsSplit(byte[] key, byte[] from, byte[]? until) =>
        key.Length <= ObjectKey.MaxLength
        && key.AsSpan().SequenceCompareTo(from) > 0
        && (until is null || key.AsSpan().SequenceCompareTo(until) < 0)
        && key.AsSpan().StartsWith(_prefix.Span)
        && (!_delimiter || key.AsSpan(_prefix.Span.Length).IndexOf((byte)'/') < 0)
        && Utf8.IsValid(key);

    private static double Ratio(BigInteger value, BigInteger unit) => (double)value / (double)unit is var ratio && double.IsFinite(ratio)
        ? ratio
        : (double)(value / unit);

    private Frame FrameOf(KeySample sample, ReadOnlySpan<byte> from)
    {
        int first = Math.Max(0, sample.From.AsSpan().CommonPrefixLength(sample.To) - _prefix.Span.Length);
        return new Frame(_alphabet, _prefix.Span.Length, Math.Max(0, first - Reach), first + Detail, from, sample);
    }

    // The positions that an estimate looks at, as the digits of a number. What is before them is as in the key that it starts from.
    private readonly ref struct Frame
    {
        private readonly KeyAlphabet _alphabet;
        private readonly int _prefixLength;
        private readonly int _first;
        private readonly int _end;
        private readonly ReadOnlySpan<byte> _fixed;
        // What one share of each position is worth when everything before it has one share.
        private readonly BigInteger[] _units;
        private readonly BigInteger _size;

        public Frame(KeyAlphabet alphabet, int prefixLength, int first, int end, ReadOnlySpan<byte> from, KeySample sample)
        {
            _alphabet = alphabet;
            _prefixLength = prefixLength;
            _first = first;
            _end = end;
            ReadOnlySpan<byte> name = alphabet.NameOf(from);
            _fixed = name[..Math.Min(first, name.Length)];
            _units = new BigInteger[end - first];
            _size = BigInteger.One;
            for (int i = end - 1; i >= first; i--)
            {
                _units[i - first] = _size;
                _size *= alphabet.At(i).Total;
            }
            Width = Position(sample.To) - Position(sample.From);
        }

        public BigInteger Width { get; }

        public BigInteger Position(ReadOnlySpan<byte> key)
        {
            int order = key.Length < _prefixLength ? -1 : 0;
            ReadOnlySpan<byte> name = order < 0 ? default : _alphabet.NameOf(key);
            if (order == 0)
                order = name[..Math.Min(name.Length, _fixed.Length)].SequenceCompareTo(_fixed);
            if (order != 0 || _fixed.Length < _first)
                return order < 0 ? BigInteger.Zero : _size;
            BigInteger position = BigInteger.Zero, share = BigInteger.One;
            for (int i = _first; i < _end; i++)
            {
                KeySymbols symbols = _alphabet.At(i);
                int symbol = i < name.Length ? KeySymbols.Of(name[i]) : KeySymbols.End;
                position += share * symbols.Start(symbol) * _units[i - _first];
                share *= symbols.Weight(symbol);
                if (symbol == KeySymbols.End || share.IsZero)
                    break;
            }
            return position;
        }

        public byte[]? KeyAt(BigInteger position, ReadOnlySpan<byte> from)
        {
            if (position >= _size || _fixed.Length < _first)
                return null;
            var key = new List<byte>(_prefixLength + _end + Utf8Completion.MaxAdded);
            key.AddRange(from[..(_prefixLength + _first)]);
            BigInteger share = BigInteger.One;
            for (int i = _first; i < _end; i++)
            {
                KeySymbols symbols = _alphabet.At(i);
                BigInteger unit = share * _units[i - _first];
                int symbol = symbols.At((int)BigInteger.Min(position / unit, symbols.Total - 1));
                if (symbol == KeySymbols.End)
                    break;
                key.Add((byte)(symbol - 1));
                position -= unit * symbols.Start(symbol);
                share *= symbols.Weight(symbol);
            }
            return Utf8Completion.Complete([.. key]);
        }
    }
}
