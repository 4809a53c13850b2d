namespace S3Mount.FileSystem.Listing;

/// <summary>
/// The order of a directory's entries: by the bytes of their names with a slash behind, be it a file or a directory. It is the
/// order in which a store lists the tree below, with each file put where a directory of its name would be: so what has been
/// listed can be handed out, a file waiting only while a directory of its name may still come.
/// </summary>
internal static class EntryOrder
{
    /// <param name="left">A name; it has no slash.</param>
    /// <param name="right">Another.</param>
    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int common = left.CommonPrefixLength(right);
        if (common == left.Length && common == right.Length)
            return 0;
        return At(left, common) - At(right, common);
    }

    private static int At(ReadOnlySpan<byte> name, int index) => index < name.Length ? name[index] : '/';
}
