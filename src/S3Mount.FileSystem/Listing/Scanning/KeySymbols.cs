namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// What may stand at one position of a key, and how much of the key space each of it is taken for: a byte, or the key's end,
/// which sorts before every byte. Immutable.
/// </summary>
internal sealed class KeySymbols
{
    /// <summary>The key's end.</summary>
    public const int End = 0;

    /// <summary>The end and 256 bytes.</summary>
    public const int Count = 257;

    // A share of a class of bytes is told to a thousandth.
    private const int Shares = 1024;

    // What lies before each symbol; at the end the whole.
    private readonly int[] _starts = new int[Count + 1];

    private KeySymbols(ReadOnlySpan<int> weights)
    {
        for (int symbol = 0; symbol < Count; symbol++)
            _starts[symbol + 1] = _starts[symbol] + weights[symbol];
    }

    /// <summary>Positions behind the end of everything seen: nothing but the end.</summary>
    public static KeySymbols Nothing { get; } = new([1, .. new int[Count - 1]]);

    public int Total => _starts[Count];

    public static int Of(byte value) => value + 1;

    public int Start(int symbol) => _starts[symbol];

    public int Weight(int symbol) => _starts[symbol + 1] - _starts[symbol];

    /// <summary>The symbol in whose share a point from 0 to <see cref="Total"/> lies.</summary>
    public int At(int point)
    {
        int index = Array.BinarySearch(_starts, point);
        if (index < 0)
            return ~index - 1;
        // Symbols without a share start where the next one does.
        while (_starts[index + 1] == point)
            index++;
        return index;
    }

    /// <summary>Whether every byte that was counted has a share here.</summary>
    public bool Holds(ReadOnlySpan<int> counts)
    {
        for (int symbol = End + 1; symbol < Count; symbol++)
        {
            if (counts[symbol] > 0 && Weight(symbol) == 0)
                return false;
        }
        return true;
    }

    /// <summary>The same symbols without the end.</summary>
    public KeySymbols WithoutEnd()
    {
        if (Weight(End) == 0)
            return this;
        Span<int> weights = stackalloc int[Count];
        weights[End] = 0;
        for (int symbol = End + 1; symbol < Count; symbol++)
            weights[symbol] = Weight(symbol);
        return new KeySymbols(weights);
    }

    /// <summary>
    /// The symbols of a position at which these have been counted. Within a class (digits, small letters, ...) what lies between
    /// two that were seen is taken to occur as well, if more seldom.
    /// </summary>
    /// <param name="isWhole">The whole class is taken to occur evenly: what has been seen is only where it begins.</param>
    public static KeySymbols From(ReadOnlySpan<int> counts, bool isWhole)
    {
        Span<int> weights = stackalloc int[Count];
        weights.Clear();
        long total = 0;
        foreach (int count in counts)
            total += count;
        if (counts[End] > 0)
            weights[End] = Share(counts[End], total, 1);
        for (int symbol = End + 1; symbol < Count;)
        {
            (int first, int last) = ClassOf(symbol);
            int seen = 0, lowest = 0, highest = 0;
            for (int one = first; one <= last; one++)
            {
                if (counts[one] == 0)
                    continue;
                seen += counts[one];
                lowest = lowest == 0 ? one : lowest;
                highest = one;
            }
            if (seen > 0)
            {
                (lowest, highest) = isWhole ? (first, last) : (lowest, highest);
                int even = Share(seen, total, highest - lowest + 1);
                for (int one = lowest; one <= highest; one++)
                    weights[one] = isWhole ? even : Math.Max(1, (even + (3 * Share(counts[one], total, 1))) / 4);
            }
            symbol = last + 1;
        }
        return new KeySymbols(weights);
    }

    private static int Share(long seen, long total, int symbols) => Math.Max(1, (int)(Shares * seen / (total * symbols)));

    // The first and last symbol of a byte's class; a byte without a class is one of its own.
    private static (int First, int Last) ClassOf(int symbol)
    {
        (int first, int last) = (symbol - 1) switch
        {
            >= '0' and <= '9' => ('0', '9'),
            >= 'A' and <= 'Z' => ('A', 'Z'),
            >= 'a' and <= 'z' => ('a', 'z'),
            // UTF-8 (RFC 3629): bytes that go on, and bytes that begin two, three and four.
            >= 0x80 and <= 0xBF => (0x80, 0xBF),
            >= 0xC2 and <= 0xDF => (0xC2, 0xDF),
            >= 0xE0 and <= 0xEF => (0xE0, 0xEF),
            >= 0xF0 and <= 0xF4 => (0xF0, 0xF4),
            var other => (other, other),
        };
        return (first + 1, last + 1);
    }
}
