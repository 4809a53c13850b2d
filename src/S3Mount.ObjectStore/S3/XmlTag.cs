namespace S3Mount.ObjectStore.S3;

/// <summary>What <see cref="XmlScanner.Read"/> came upon.</summary>
internal enum XmlTag
{
    /// <summary>The text ended, or is no XML that a store would send.</summary>
    Broken,
    /// <summary><c>&lt;Name&gt;</c></summary>
    Start,
    /// <summary><c>&lt;Name/&gt;</c></summary>
    Empty,
    /// <summary><c>&lt;/Name&gt;</c></summary>
    End,
}
