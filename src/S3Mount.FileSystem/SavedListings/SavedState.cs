namespace S3Mount.FileSystem.SavedListings;

/// <summary>What has become of a saved listing.</summary>
internal enum SavedState
{
    /// <summary>Nobody has asked for it.</summary>
    Unused,

    /// <summary>It has been shown and not checked yet.</summary>
    Shown,

    /// <summary>The store lists the same.</summary>
    Same,

    /// <summary>The store lists something else.</summary>
    Differs,

    /// <summary>There is no such directory any more.</summary>
    Gone,

    /// <summary>The store does not let it be listed: nobody can say what it holds.</summary>
    Denied,
}
