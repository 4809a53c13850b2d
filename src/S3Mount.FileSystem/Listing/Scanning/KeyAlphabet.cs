using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// What has been seen at each position of the keys of a scan, counted from behind the scan's prefix. Not synchronised.
/// </summary>
internal sealed class KeyAlphabet
{
    // Of each page: enough to see every hex digit at a position, and the work of a tenth of the page.
    private const int SamplesPerPage = 100;

    private readonly int _prefixLength;
    private readonly bool _delimiter;
    private readonly List<int[]> _counts = [];
    private KeySymbols[]? _symbols;

    public KeyAlphabet(int prefixLength, bool delimiter) => (_prefixLength, _delimiter) = (prefixLength, delimiter);

    public void Observe(ListPage page)
    {
        int step = Math.Max(1, PageSlice.Count(page) / SamplesPerPage);
        for (int i = 0; i < page.Objects.Length; i += step)
            Observe(page.KeyOf(page.Objects.Span[i]));
        for (int i = 0; i < page.CommonPrefixes.Length; i += step)
            Observe(page.KeyOf(page.CommonPrefixes.Span[i]));
    }

    public void Observe(ReadOnlySpan<byte> key)
    {
        _symbols = null;
        ReadOnlySpan<byte> name = NameOf(key);
        while (_counts.Count <= name.Length)
            _counts.Add(new int[KeySymbols.Count]);
        for (int i = 0; i < name.Length; i++)
            _counts[i][KeySymbols.Of(name[i])]++;
        _counts[name.Length][KeySymbols.End]++;
    }

    /// <summary>What is behind the prefix; of a common prefix without its delimiter.</summary>
    public ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> name = key[_prefixLength..];
        int slash = _delimiter ? name.IndexOf((byte)'/') : -1;
        return slash < 0 ? name : name[..slash];
    }

    /// <param name="position">Bytes behind the prefix.</param>
    public KeySymbols At(int position)
    {
        _symbols ??= Derive();
        return position < _symbols.Length ? _symbols[position] : KeySymbols.Nothing;
    }

    // A scan sees the lowest keys first. Where the keys have begun to differ, and before that, what was seen is only the
    // beginning of what there is (0000 of 0000 to 9999, of 0000 to ffff): it is taken to be as varied as the next position is, if that
    // has the same symbols, or else to take in the whole class. Behind that each position has run through what it can be.
    private KeySymbols[] Derive()
    {
        var symbols = new KeySymbols[_counts.Count];
        int varied = _counts.FindIndex(counts => counts.Count(count => count > 0) > 1);
        for (int i = symbols.Length - 1; i >= 0; i--)
        {
            bool isBeginning = i <= varied;
            symbols[i] = isBeginning && i + 1 < symbols.Length && symbols[i + 1].Total > symbols[i + 1].Weight(KeySymbols.End) && symbols[i + 1].Holds(_counts[i])
                ? symbols[i + 1].WithoutEnd()
                : KeySymbols.From(_counts[i], isBeginning);
        }
        return symbols;
    }
}
