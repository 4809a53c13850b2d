using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>A range of the key space, as it is to be listed.</summary>
internal readonly record struct KeyRange
{
    /// <summary>Only keys that begin with these bytes; may be empty.</summary>
    public required ObjectKey Prefix { get; init; }

    /// <summary>Keys are rolled up into common prefixes at the next <c>/</c> after the prefix.</summary>
    public bool Delimiter { get; init; }

    /// <summary>Only keys (and common prefixes) behind this one.</summary>
    public ObjectKey? After { get; init; }

    /// <summary>Only keys (and common prefixes) up to this one, itself included.</summary>
    public ObjectKey? Until { get; init; }
}
