namespace S3Mount.Top;

/// <summary>The last looks at a mount. One thread.</summary>
internal sealed class TopHistory(TimeProvider timeProvider)
{
    /// <summary>Over which ratios, latencies and waits are told: long enough that a figure does not jump about, short enough to be called "now".</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Columns of the widest graph; terminals are seldom wider.</summary>
    public const int MostColumns = 512;

    private readonly Queue<TopSample> _samples = new();
    private TopSample? _before;

    /// <summary>Bytes a second that readers got, the oldest first.</summary>
    public List<double> ReadGraph { get; } = [];

    /// <summary>Bytes a second that came from the store.</summary>
    public List<double> StoreGraph { get; } = [];

    /// <summary>Files a second that were begun.</summary>
    public List<double> FilesGraph { get; } = [];

    /// <summary>Of the last look; null: there was none that was answered.</summary>
    public TopFigures? Figures { get; private set; }

    public void Add(TopSample sample)
    {
        // Another daemon goes on with the mount, and has begun to count anew.
        if (_before is { } last && (last.Status.Pid != sample.Status.Pid || last.Status.Since != sample.Status.Since))
        {
            _samples.Clear();
            _before = null;
        }
        TopSample before = _before ?? sample;
        // What is about to be the oldest has to reach back for the whole window.
        while (_samples.Count > 1 && timeProvider.GetElapsedTime(_samples.ElementAt(1).Moment, sample.Moment) >= Window)
            _samples.Dequeue();
        TopSample first = _samples.Count > 0 ? _samples.Peek() : sample;
        _samples.Enqueue(sample);
        _before = sample;
        Figures = TopFigures.Of(first, before, sample,
            timeProvider.GetElapsedTime(before.Moment, sample.Moment).TotalSeconds, timeProvider.GetElapsedTime(first.Moment, sample.Moment).TotalSeconds);
        if (!Figures.HasRates)
            return;
        Append(ReadGraph, Figures.ReadBytes);
        Append(StoreGraph, Figures.StoreBytes);
        Append(FilesGraph, Figures.Files);
    }

    private static void Append(List<double> graph, double value)
    {
        if (graph.Count == MostColumns)
            graph.RemoveAt(0);
        graph.Add(value);
    }
}
