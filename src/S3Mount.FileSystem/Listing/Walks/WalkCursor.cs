namespace S3Mount.FileSystem.Listing.Walks;

/// <summary>Where one walk is in a directory whose subdirectories it lists one after another. Guarded by its <see cref="WalkReadahead"/>.</summary>
internal sealed class WalkCursor
{
    // What sorts otherwise than the store, and several workers that share a walk, jump about by a few entries.
    private const int Slack = 16;

    // Who lists one directory may want no other; who lists a second one is on his way. From there it takes two steps to have as
    // many listings under way as there are connections for it.
    private const int FirstWindow = 2;
    private const int Growth = 4;

    private readonly Queue<int> _ahead = new();
    private int _steps;

    public WalkCursor(int position, bool isFirst)
    {
        Position = position;
        Next = position + 1;
        // A walk begins with the first directory; anything else is a path that somebody knew.
        _steps = isFirst ? 1 : 0;
    }

    /// <summary>The furthest subdirectory that was listed.</summary>
    public int Position { get; private set; }

    /// <summary>The first entry that has not been looked at for listing it ahead.</summary>
    public int Next { get; private set; }

    /// <summary>A moment of <see cref="MountClock"/>.</summary>
    public long LastMoved { get; set; }

    /// <summary>Directories here and further below that the walk has read, each by a listing of its own, since a scan was begun for it last.</summary>
    public int Observed { get; set; }

    /// <summary>How many subdirectories are to be listed ahead.</summary>
    public int Window(int most) => _steps switch
    {
        0 => 0,
        1 => Math.Min(FirstWindow, most),
        _ => (int)Math.Min(most, FirstWindow * Math.Pow(Growth, Math.Min(_steps, 8) - 1)),
    };

    /// <summary>Subdirectories that have been listed ahead, or are being, and that the walk has not come to.</summary>
    public int Ahead => _ahead.Count;

    /// <summary>Whether a subdirectory at this position is the walk's next, or nearly.</summary>
    public bool Leads(int position) => Math.Abs(position - Position) <= Slack || (_ahead.Count > 0 && position > Position && position <= Next);

    public void Advance(int position)
    {
        if (position <= Position)
            return;
        _steps++;
        Position = position;
        Next = Math.Max(Next, position + 1);
        while (_ahead.TryPeek(out int listed) && listed <= position)
            _ahead.Dequeue();
    }

    /// <summary>The entry at <see cref="Next"/> has been looked at.</summary>
    public void Skip() => Next++;

    /// <summary>The subdirectory at <see cref="Next"/> is being listed ahead.</summary>
    public void Enter() => _ahead.Enqueue(Next++);
}
