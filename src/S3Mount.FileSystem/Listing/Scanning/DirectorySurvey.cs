using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>Asks the store for the directories behind a key: where what is left of a span may be split.</summary>
internal static class DirectorySurvey
{
    // 32,000 directories keep every request busy for long.
    private const int MaxPages = 32;

    // A page of names is worth asking for while it stands for pages of keys: else the names take more than half as many.
    private const int FewestKeys = 2;

    /// <summary>
    /// Splits in key order, each a directory behind <paramref name="last"/> and before <paramref name="until"/>: those that come
    /// next in its own directory, then those behind this directory in its parent, and so on up to the prefix.
    /// </summary>
    /// <param name="directories">By these, so many directories are left between two splits that they have about <paramref name="keysPerSplit"/> keys.</param>
    /// <exception cref="ObjectStoreException"/>
    public static async Task<List<byte[]>> SplitsAsync(
        KeyRangeScanner scanner, ObjectKey prefix, byte[] last, byte[]? until, DirectoryCounter directories, long keysPerSplit, CancellationToken cancellationToken)
    {
        var levels = new List<Task<List<byte[]>>>();
        byte[] after = last;
        while (after.Length > prefix.Span.Length && levels.Count <= DirectoryCounter.MaxLevels)
        {
            int slash = after.AsSpan(prefix.Span.Length, after.Length - prefix.Span.Length - 1).LastIndexOf((byte)'/');
            byte[] parent = slash < 0 ? prefix.Utf8.ToArray() : after[..(prefix.Span.Length + slash + 1)];
            var range = new KeyRange
            {
                Prefix = new ObjectKey(parent),
                Delimiter = true,
                After = new ObjectKey(after),
                Until = until is null ? null : new ObjectKey(until),
            };
            // Where no directory has come to its end nothing is known of those behind it: they may be large.
            int level = parent.AsSpan(prefix.Span.Length).Count((byte)'/');
            double keys = directories.Knows(level) ? directories.KeysPerDirectory(level) : keysPerSplit;
            if (keys >= FewestKeys)
                levels.Add(SplitsAsync(scanner, range, keys, keysPerSplit, cancellationToken));
            if (until is not null && until.AsSpan().StartsWith(parent))
                break;
            after = parent;
        }
        return [.. (await Task.WhenAll(levels).ConfigureAwait(false)).SelectMany(level => level)];
    }

    private static async Task<List<byte[]>> SplitsAsync(KeyRangeScanner scanner, KeyRange range, double keys, long keysPerSplit, CancellationToken cancellationToken)
    {
        long every = (long)Math.Clamp(keysPerSplit / keys, 1, int.MaxValue);
        var splits = new List<byte[]>();
        int pages = 0;
        long seen = 0;
        await foreach (ListPage page in scanner.ScanAsync(range, cancellationToken).ConfigureAwait(false))
        {
            for (int i = 0; i < page.CommonPrefixes.Length; i++)
            {
                if (seen++ % every != 0)
                    continue;
                ReadOnlySpan<byte> name = page.KeyOf(page.CommonPrefixes.Span[i]);
                if (name.StartsWith(range.Prefix.Span) && (range.Until is not { } until || name.SequenceCompareTo(until.Span) < 0))
                    splits.Add(name.ToArray());
            }
            // Where there are files and no directory, those of the next page are not worth it either.
            if (++pages >= MaxPages || page.Objects.Length + (page.CommonPrefixes.Length * keys) < (double)FewestKeys * PageSlice.Count(page))
                break;
        }
        return splits;
    }
}
