namespace S3Mount.Testing.Synthetic;

/// <summary>Keys without a delimiter behind their prefix.</summary>
public sealed class FlatKeys : SyntheticKeys
{
    private const int PaddedNumbers = 100_000_000;

    private readonly FlatPattern _pattern;
    private readonly int _spread;

    public FlatKeys(string prefix, int count, FlatPattern pattern = FlatPattern.Padded)
        : base(prefix, count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, PaddedNumbers);
        _pattern = pattern;
        _spread = pattern == FlatPattern.Skewed ? count / 10 : count;
    }

    private protected override void WriteName(int index, ref KeyText text)
    {
        switch (_pattern)
        {
            case FlatPattern.Padded:
                text.Add("img_"u8);
                text.AddNumber(Spread(index, Count), 8);
                break;
            case FlatPattern.Numbers:
                WriteNumber((int)NumberAt(index), ref text);
                break;
            case FlatPattern.Hex or FlatPattern.Skewed when index < _spread:
                ulong step = ulong.MaxValue / (uint)_spread;
                text.AddHex(((ulong)(uint)index * step) + (Mixing.Mix((uint)index) % step));
                break;
            default:
                text.Add("m000000000000-"u8);
                text.AddNumber(Spread(index - _spread, Count - _spread), 8);
                break;
        }
        text.Add(".jpg"u8);
    }

    private static int Spread(int index, int count)
    {
        int step = PaddedNumbers / count;
        return (index * step) + Mixing.Below(step, index);
    }

    // The number at this position among 1 to Count when they are ordered as text. Counts, for each leading number, how many begin
    // with it, and goes past it or into it.
    private long NumberAt(int index)
    {
        long number = 1;
        for (long left = index; left > 0;)
        {
            long starting = 0;
            for ((long first, long behind) = (number, number + 1); first <= Count; (first, behind) = (first * 10, behind * 10))
                starting += Math.Min(Count + 1L, behind) - first;
            if (starting <= left)
            {
                left -= starting;
                number++;
            }
            else
            {
                left--;
                number *= 10;
            }
        }
        return number;
    }

    private static void WriteNumber(int number, ref KeyText text)
    {
        int digits = 1;
        for (int rest = number; rest >= 10; rest /= 10)
            digits++;
        text.AddNumber(number, digits);
    }
}
