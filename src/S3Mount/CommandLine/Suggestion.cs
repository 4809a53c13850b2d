namespace S3Mount.CommandLine;

/// <summary>What somebody meant who wrote a name that is not known.</summary>
internal static class Suggestion
{
    /// <summary>Longer than any name; what is longer still is not a slip of the fingers.</summary>
    private const int LongestName = 64;

    /// <returns>The nearest of the names; null: none is near.</returns>
    public static string? For(string written, IEnumerable<string> names)
    {
        if (written.Length is < 2 or > LongestName)
            return null;
        // One slip in a short name, up to three in a long one: "nope" is not meant to be "no" of anything.
        int nearest = 1 + Math.Min(3, Math.Max(1, written.Length / 3));
        string? found = null;
        foreach (string name in names)
        {
            int distance = Distance(written, name);
            if (distance < nearest)
                (nearest, found) = (distance, name);
        }
        return found;
    }

    /// <summary>Letters to add, leave out or change, or neighbours to swap (optimal string alignment).</summary>
    internal static int Distance(string left, string right)
    {
        int[] beforeLast = new int[right.Length + 1];
        int[] last = new int[right.Length + 1];
        int[] row = new int[right.Length + 1];
        for (int j = 0; j <= right.Length; j++)
            last[j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int change = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, 1 + Math.Min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last, row) = (last, row, beforeLast);
        }
        return last[right.Length];
    }
}
