using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// A part of a tree scan's range that is listed page after page. Belongs to a <see cref="TreeScan"/>, and is guarded with it,
/// except for what says otherwise.
/// </summary>
internal sealed class TreeSpan(byte[]? after, byte[]? until)
{
    /// <summary>What it begins behind; null: at the beginning of the range.</summary>
    public byte[]? After { get; } = after;

    /// <summary>Where it ends, itself included; null: with the range. Comes nearer when the span is split.</summary>
    public byte[]? Until { get; set; } = until;

    /// <summary>Its end has come nearer since it was begun.</summary>
    public bool IsSplit { get; set; }

    public bool IsStarted { get; set; }

    /// <summary>How many splits it lies behind: its own, and those that it has been joined with.</summary>
    public int Splits { get; set; } = 1;

    /// <summary>All its pages have come.</summary>
    public bool IsDone { get; set; }

    /// <summary>Pages that the consumer has not taken.</summary>
    public Queue<ListPage> Pages { get; } = new();

    /// <summary>Keys that have come.</summary>
    public long Keys { get; set; }

    /// <summary>Pages that have come. Only for the one who lists the span.</summary>
    public int Listed { get; set; }

    /// <summary>The last key that has come. Only for the one who lists the span.</summary>
    public byte[]? Last { get; set; }
}
