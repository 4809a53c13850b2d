namespace S3Mount.Benchmarks.Listings;

/// <summary>How names are looked for; listing.py knows them by these names.</summary>
internal enum ListingKind
{
    /// <summary>CPython's os.walk.</summary>
    Walk,

    /// <summary>One directory, read to its end.</summary>
    Names,

    /// <summary>find with a test of the size.</summary>
    Sizes,

    /// <summary>A stat of one file.</summary>
    One,
}
