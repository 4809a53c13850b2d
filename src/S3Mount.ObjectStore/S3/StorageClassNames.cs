using System.Text;

namespace S3Mount.ObjectStore.S3;

/// <summary>The names of storage classes, each as one string for the whole process.</summary>
internal static class StorageClassNames
{
    // S3 API, Object.StorageClass.
    private static readonly string[] _known =
    [
        StorageClass.Standard, "STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE",
        "REDUCED_REDUNDANCY", "OUTPOSTS", "SNOW", "EXPRESS_ONEZONE",
    ];

    /// <param name="last">What the entry before had: other stores have other names, but a page seldom has two.</param>
    public static string Intern(ReadOnlySpan<byte> name, string last)
    {
        if (name.IsEmpty)
            return StorageClass.Standard;
        if (Ascii.Equals(name, last))
            return last;
        foreach (string known in _known)
        {
            if (Ascii.Equals(name, known))
                return known;
        }
        return Encoding.UTF8.GetString(name);
    }
}
