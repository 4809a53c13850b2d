using System.Runtime.CompilerServices;
using S3Mount.ObjectStore;

namespace S3Mount.Testing.Synthetic;

/// <summary>
/// Very many keys in the order of their bytes, each computed from its position: a million take no memory. Immutable; any thread.
/// </summary>
public abstract class SyntheticKeys
{
    private readonly byte[] _prefix;

    /// <param name="prefix">What each key begins with, such as <c>train/</c>.</param>
    protected SyntheticKeys(string prefix, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _prefix = System.Text.Encoding.UTF8.GetBytes(prefix);
        Count = count;
    }

    public int Count { get; }

    /// <summary>Writes the key at a position and returns its length.</summary>
    /// <param name="destination">At least <see cref="ObjectKey.MaxLength"/> bytes.</param>
    public int Write(int index, Span<byte> destination)
    {
        var text = new KeyText(destination);
        WriteTo(index, ref text);
        return text.Length;
    }

    internal void WriteTo(int index, ref KeyText text)
    {
        text.Add(_prefix);
        WriteName(index, ref text);
    }

    public ObjectKey this[int index]
    {
        get
        {
            byte[] buffer = new byte[ObjectKey.MaxLength];
            return new ObjectKey(buffer.AsMemory(0, Write(index, buffer)));
        }
    }

    /// <summary>The position of this key, or a negative number.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        Span<byte> buffer = stackalloc byte[ObjectKey.MaxLength];
        int index = FirstFrom(key);
        return index < Count && buffer[..Write(index, buffer)].SequenceEqual(key) ? index : -1;
    }

    /// <summary>The first position whose key is not below these bytes.</summary>
    public int FirstFrom(ReadOnlySpan<byte> bytes) => FirstFrom(bytes, 0, Count, skipsStartingWith: false);

    /// <summary>The first position whose key is above all that begin with these bytes.</summary>
    public int FirstBehind(ReadOnlySpan<byte> prefix) => FirstFrom(prefix, 0, Count, skipsStartingWith: true);

    /// <summary>The same from a position whose key begins with them: near ones are found in few steps.</summary>
    [SkipLocalsInit]
    public int FirstBehind(ReadOnlySpan<byte> prefix, int from)
    {
        Span<byte> buffer = stackalloc byte[ObjectKey.MaxLength];
        int low = from;
        for (int step = 1; ; step *= 2)
        {
            int high = step < Count - low ? low + step : Count;
            if (high == Count || !buffer[..Write(high, buffer)].StartsWith(prefix))
                return FirstFrom(prefix, low + 1, high, skipsStartingWith: true);
            low = high;
        }
    }

    private protected abstract void WriteName(int index, ref KeyText text);

    [SkipLocalsInit]
    private int FirstFrom(ReadOnlySpan<byte> bytes, int low, int high, bool skipsStartingWith)
    {
        Span<byte> buffer = stackalloc byte[ObjectKey.MaxLength];
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            ReadOnlySpan<byte> key = buffer[..Write(middle, buffer)];
            if (key.SequenceCompareTo(bytes) < 0 || (skipsStartingWith && key.StartsWith(bytes)))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
