using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Listing.Scanning;

/// <summary>
/// A part of a scan's range that is walked by one sequence of pages: the first by start-after, the others by continuation
/// token. Belongs to a <see cref="ScanPlan"/>, and is guarded with it.
/// </summary>
internal sealed class KeySegment
{
    public KeySegment(byte[]? after, byte[]? until, KeySample? sample)
    {
        Last = after;
        Until = until;
        Sample = sample;
    }

    /// <summary>Everything up to here has been listed: what the segment begins behind, and then the last key of its last page.</summary>
    public byte[]? Last { get; set; }

    /// <summary>Where it ends, itself included; null: with the prefix.</summary>
    public byte[]? Until { get; set; }

    /// <summary>The last key of its last page, which may lie beyond its end; null before the first.</summary>
    public byte[]? Walked { get; set; }

    /// <summary>Pages in a row that went no further than <see cref="Walked"/>.</summary>
    public int PagesInVain { get; set; }

    /// <summary>What the next page is asked for by; null before the first.</summary>
    public string? Token { get; set; }

    /// <summary>A page has been asked for.</summary>
    public bool IsStarted { get; set; }

    /// <summary>A page has come.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>It was cut off to find out how far the range goes.</summary>
    public bool IsFar => Planned > 0;

    /// <summary>How many keys it was to be away, for one that was cut off to find out how far the range goes; else 0.</summary>
    public double Planned { get; init; }

    public bool IsInFlight { get; set; }

    /// <summary>All its pages have come.</summary>
    public bool IsDone { get; set; }

    /// <summary>The plan has given it up: what still comes for it does not count.</summary>
    public bool IsDropped { get; set; }

    /// <summary>How densely the keys lie where it stands: its last pages, or those of the segment that it was cut from.</summary>
    public KeySample? Sample { get; set; }

    /// <summary>How densely they lie where it begins; null before its first page.</summary>
    public KeySample? FirstSample { get; set; }

    /// <summary>Pages that the consumer has not taken.</summary>
    public Queue<ListPage> Pages { get; } = new();

    /// <summary>Keys in <see cref="Pages"/>.</summary>
    public long PageKeys { get; set; }

    /// <summary>Estimate of the keys between <see cref="Last"/> and <see cref="Until"/>; negative: to be made.</summary>
    public double Left { get; set; } = -1;

    /// <summary>How many keys it was to have when its end was last set by an estimate; else 0.</summary>
    public double Expected { get; set; }

    /// <summary>How many have come since.</summary>
    public long Found { get; set; }

    /// <summary>How many pages the scan had seen when the estimate was made.</summary>
    public int LeftMadeAt { get; set; }
}
