namespace S3Mount.FileSystem.Reading;

/// <summary>
/// Recognises the streams in the READs of one object by their offsets, since nobody says which descriptor a READ comes from or
/// when it was closed, and says how far each may be read ahead. Guarded by the reader's gate.
/// </summary>
internal sealed class ReadaheadWindow
{
    /// <summary>
    /// Objects of at most this size are fetched whole by one request: at 80 MB/s a megabyte takes 13 ms, less than the 20 ms to
    /// the first byte of a second request.
    /// </summary>
    public const int SmallObject = 1 << 20;

    /// <summary>
    /// The first part of a stream. The kernel's largest READ (max_pages 256), so that one request answers the first READ however
    /// large.
    /// </summary>
    public const int MinPart = 1 << 20;

    /// <summary>
    /// The largest part: at 20 ms to the first byte and 80 MB/s, 8 MiB keep a connection busy 84 % of the time, and the
    /// connections of a window together hide the rest.
    /// </summary>
    public const int MaxPart = 8 << 20;

    /// <summary>The largest window: the largest parts on three quarters of the connections that there are by default.</summary>
    public const long MaxWindow = 48L * MaxPart;

    /// <summary>
    /// The smallest window worth a request, where many streams share little memory: one READ with the kernel's default
    /// readahead of 128 KiB.
    /// </summary>
    public const int MinWindow = 128 << 10;

    // A stream that does not begin at the beginning of the object must have read this much before anything is fetched ahead: a
    // record of a RecordIO file or a row group is read once and then left, and must not cost more than itself.
    private const int ProofOfStream = 1 << 20;

    // READs of one stream arrive out of order by as much as the kernel sends at once: one largest READ.
    private const int Slack = 1 << 20;

    // How much a window grows when its stream has caught up with it, and how far it may go beyond what the stream has read. With
    // the first part of 1 MiB, two round trips are enough for 64 MiB; who leaves after the header of a file has cost no more than
    // eight times what was read.
    private const int Growth = 8;

    // 4 DataLoader workers with two open samples each.
    private const int MaxStreams = 8;

    private readonly Stream[] _streams = new Stream[MaxStreams];
    private int _count;

    /// <summary>Where one reader is in the object.</summary>
    internal struct Stream
    {
        /// <summary>The end of the furthest READ.</summary>
        public long Next;

        /// <summary>The end of what has been asked for ahead.</summary>
        public long Ahead;

        /// <summary>Bytes read so far.</summary>
        public long Length;

        /// <summary>A moment of the mount's clock.</summary>
        public long LastMoved;

        /// <summary>Whether it began at the beginning of the object, as readers of whole files do.</summary>
        public bool FromStart;

        /// <summary>How far beyond <see cref="Next"/> it may be fetched, before any share is taken into account.</summary>
        public readonly long Window => FromStart
            ? Math.Min(_demand, Math.Clamp(Growth * Length, _trusted, MaxWindow))
            : Length >= ProofOfStream ? Math.Min(_demand, Growth * Length) : 0;

        /// <summary>What the stream has been found to need.</summary>
        public readonly long Demand => _demand;

        // It grows only when it was too small, so that a slow reader, or a near store, fills no more memory than helps.
        private long _demand;
        private long _grownUntil;
        private long _trusted;

        public Stream(long offset) => (Next, Ahead, _demand, _trusted) = (offset, offset, MinPart, MinPart);

        /// <summary>
        /// A READ had to wait for bytes: the window grows, once for all that had been asked for when it last grew.
        /// </summary>
        public void Stall(long offset)
        {
            if (offset < _grownUntil)
                return;
            _demand = Math.Min(_demand * Growth, MaxWindow);
            _grownUntil = Ahead;
        }

        /// <summary>Others like it have been read to the end: it begins with a window that theirs had grown to.</summary>
        public void Trust(long window) => _demand = _trusted = Math.Clamp(window, MinPart, MaxWindow);
    }

    /// <summary>Enters a READ and returns the stream it belongs to; a new one takes the place of the one silent for longest.</summary>
    public ref Stream Observe(long offset, int length, long now)
    {
        int index = FindStream(offset, length);
        if (index < 0)
        {
            index = _count < MaxStreams ? _count++ : LongestSilent();
            _streams[index] = new Stream(offset);
        }
        ref Stream stream = ref _streams[index];
        // The READs of a new stream may overtake each other: the one from the beginning need not be the first to come.
        stream.FromStart |= offset == 0;
        stream.Next = Math.Max(stream.Next, offset + length);
        stream.Ahead = Math.Max(stream.Ahead, stream.Next);
        stream.Length += length;
        stream.LastMoved = now;
        return ref stream;
    }

    public ref Stream this[int index] => ref _streams[index];

    /// <summary>The stream that a READ belongs to.</summary>
    public bool TryFind(long offset, int length, out int stream) => (stream = FindStream(offset, length)) >= 0;

    public bool IsEmpty => _count == 0;

    /// <summary>Forgets a stream that has come to an offset, or beyond.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryRemoveAt(long end, out Stream removed)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_streams[i].Next < end)
                continue;
            removed = _streams[i];
            _streams[i] = _streams[--_count];
            return true;
        }
        removed = default;
        return false;
    }

    /// <summary>
    /// How large the parts of a window are: those that may be under way at once make it up, and of a small window sixteen do, since a
    /// stream reads them one after another and many small ones are there sooner than a few large ones.
    /// </summary>
    public static int PartFor(long window, int parts) => (int)Math.Clamp(window / Math.Min(parts, 16) / MinPart * MinPart, MinPart, MaxPart);

    /// <summary>Whether every stream has been silent since that moment.</summary>
    public bool IsSilentSince(long moment)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_streams[i].LastMoved > moment)
                return false;
        }
        return true;
    }

    /// <summary>Forgets all streams: what is read next begins anew.</summary>
    public void Reset() => _count = 0;

    private int FindStream(long offset, int length)
    {
        int best = -1;
        long bestDistance = Slack + 1L;
        for (int i = 0; i < _count; i++)
        {
            // A READ may lie behind the stream's end (another READ overtook it) or beyond it (it overtook another).
            long next = _streams[i].Next;
            long distance = offset > next ? offset - next : Math.Max(0, next - (offset + length));
            if (distance < bestDistance)
                (best, bestDistance) = (i, distance);
        }
        return best;
    }

    private int LongestSilent()
    {
        int oldest = 0;
        for (int i = 1; i < _count; i++)
        {
            if (_streams[i].LastMoved < _streams[oldest].LastMoved)
                oldest = i;
        }
        return oldest;
    }
}
