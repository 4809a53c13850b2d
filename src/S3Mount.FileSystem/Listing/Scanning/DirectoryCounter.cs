using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>How many keys the directories of each level have, by the keys that have gone past. One thread.</summary>
internal sealed class DirectoryCounter(int prefixLength)
{
    /// <summary>Levels that are told apart; what is deeper counts as the deepest.</summary>
    public const int MaxLevels = 16;

    private readonly int[] _changes = new int[MaxLevels];
    private readonly byte[] _last = new byte[ObjectKey.MaxLength];
    private int _lastLength = -1;
    private long _keys;

    public void Observe(ListPage page)
    {
        foreach (ref readonly ListedObject listed in page.Objects.Span)
            Observe(page.KeyOf(listed));
    }

    /// <summary>Whether keys have gone from one directory of this level to the next.</summary>
    public bool Knows(int level) => _changes.AsSpan(0, Math.Min(level, MaxLevels - 1) + 1).ContainsAnyExcept(0);

    /// <summary>Keys of a directory, everything below it included. Level 0 is right below the prefix.</summary>
    public double KeysPerDirectory(int level)
    {
        int directories = 1;
        for (int i = 0; i <= Math.Min(level, MaxLevels - 1); i++)
            directories += _changes[i];
        return (double)_keys / directories;
    }

    private void Observe(ReadOnlySpan<byte> key)
    {
        if (key.Length > _last.Length || key.Length < prefixLength)
            return;
        ReadOnlySpan<byte> last = _last.AsSpan(0, Math.Max(0, _lastLength));
        int common = key.CommonPrefixLength(last);
        if (_lastLength >= 0 && common >= prefixLength && (key[common..].Contains((byte)'/') || last[common..].Contains((byte)'/')))
            _changes[Math.Min(key[prefixLength..common].Count((byte)'/'), MaxLevels - 1)]++;
        key.CopyTo(_last);
        _lastLength = key.Length;
        _keys++;
    }
}
