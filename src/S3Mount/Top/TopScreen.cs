using System.Globalization;
using S3Mount.Control;
using S3Mount.Control.Client;
using S3Mount.Telemetry;

namespace S3Mount.Top;

/// <summary>From what is known of a mount to the lines of a screen; nothing else is looked at.</summary>
/// <param name="isUnicode">Whether the terminal knows more than ASCII.</param>
internal sealed class TopScreen(bool isUnicode)
{
    /// <summary>Of readers, that are shown before anything else is left out.</summary>
    private const int FewReaders = 4;

    /// <summary>A figure such as <c>1,023.9 MiB/s</c>.</summary>
    private const int FigureColumns = 12;

    /// <summary><c> max 1,023.9 MiB/s</c></summary>
    private const int MostColumns = 18;

    /// <summary>Narrower graphs say nothing.</summary>
    private const int LeastGraph = 8;

    private readonly CellText _cells = new(isUnicode);
    private readonly ReaderTable _readers = new(new CellText(isUnicode));

    /// <summary>No more lines than there is room for, none wider.</summary>
    public IReadOnlyList<ScreenLine> Draw(TopFrame frame, ScreenSize size)
    {
        var lines = new List<(int Weight, ScreenLine Line)> { (9, Title(frame, size.Width)) };
        if (frame.Problem is { } problem)
            lines.Add((9, new ScreenLine(_cells.Fit($"{problem}; trying again", size.Width), ScreenStyle.Alarm)));
        if (frame.Figures is not { } figures)
        {
            if (frame.Problem is null)
                lines.Add((9, new ScreenLine(_cells.Fit("asking the daemon", size.Width))));
            return Cut(lines, size.Height);
        }
        Add(lines, frame, figures, size.Width);
        int inTable = Math.Min(Math.Max(figures.Readers.Count, 1), FewReaders) + 1;
        while (lines.Count + inTable > size.Height && lines.MinBy(line => line.Weight) is { Weight: < 9 } least)
            lines.RemoveAt(lines.FindLastIndex(line => line.Weight == least.Weight));
        int room = size.Height == int.MaxValue ? ReaderTally.Most : Math.Max(0, size.Height - lines.Count - 1);
        foreach (ScreenLine line in _readers.Draw(figures, size.Width, room))
            lines.Add((9, line));
        return Cut(lines, size.Height);
    }

    // The weight: what is left out first where there is no room has the least.
    private void Add(List<(int, ScreenLine)> lines, TopFrame frame, TopFigures figures, int width)
    {
        MountStatus status = figures.Status;
        lines.Add((5, new ScreenLine(_cells.Fit(About(status, frame.Time), width))));
        Space(2);
        Graph(8, "read", figures.HasRates ? TopText.Rate(figures.ReadBytes) : "-", frame.ReadGraph, TopText.Rate);
        Graph(7, "store", figures.HasRates ? TopText.Rate(figures.StoreBytes) : "-", frame.StoreGraph, TopText.Rate);
        Graph(5, "files", figures.HasRates ? TopText.PerSecond(figures.Files) : "-", frame.FilesGraph, TopText.PerSecond);
        Named(9, "waiting for", figures.HasRates ? TopText.Waits(figures) : "-");
        Named(6, "found in", figures.HasRates ? TopText.Hits(figures) : "-");
        Named(6, "in flight", TopText.InFlight(status));
        Named(6, "latency", TopText.Latency(figures.KernelLatency, isExplained: true, "READ", "LOOKUP", "GETATTR", "READDIRPLUS", "READDIR"));
        Named(6, "of store", TopText.Latency(figures.StoreLatency, isExplained: false, "GET", "first byte", "LIST", "HEAD"));
        Named(4, "retries", TopText.Retries(status));
        Named(4, "errors", TopText.Errors(status));
        Named(5, "memory", TopText.Memory(figures));
        Named(4, "disk cache", TopText.DiskCache(figures));
        Named(3, "cost", TopText.Cost(figures));
        Named(3, "being read", TopText.BeingRead(status));
        Space(2);

        void Named(int weight, string name, string? text)
        {
            if (text is not null)
                lines.Add((weight, new ScreenLine(_cells.Fit(name.PadRight(ScreenLine.NameColumns) + text, width), ScreenStyle.Named)));
        }

        void Graph(int weight, string name, string value, IReadOnlyList<double> values, Func<double, string> write)
        {
            int columns = width - ScreenLine.NameColumns - FigureColumns - 2 - MostColumns;
            string graph = columns < LeastGraph ? "" : $"  {Sparkline.Draw(values, columns, Sparkline.MostOf(values, columns), isUnicode)}{$"max {write(Sparkline.MostOf(values, columns))}".PadLeft(MostColumns)}";
            Named(weight, name, value.PadLeft(FigureColumns) + graph);
        }

        void Space(int weight) => lines.Add((weight, new ScreenLine("")));
    }

    private ScreenLine Title(TopFrame frame, int width)
    {
        string state = frame.Problem is not null ? "no answer" : frame.Figures is null ? "" : State(frame.Figures.Status);
        string right = $" {state}  {frame.Time.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture)}";
        return new ScreenLine(_cells.Pad($"{frame.Figures?.Status.Source ?? frame.Name} at {frame.Mountpoint}", Math.Max(0, width - right.Length)) + _cells.Fit(right, width), ScreenStyle.Title);
    }

    private static string State(MountStatus status) => status.Hydration is { } hydration
        ? $"running, hydration {hydration.State}"
        : status.SavedListings is { Unchecked: > 0 } ? "running, listings being checked" : "running";

    private static string About(MountStatus status, DateTimeOffset now)
    {
        string options = FiguresText.Options(status.Options) is { Length: > 0 } some ? $"; {some}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"up {StatusText.Span(now - status.Since)}, process {status.Pid}, s3mount {status.Version}{options}");
    }

    private static IReadOnlyList<ScreenLine> Cut(List<(int, ScreenLine Line)> lines, int height) => [.. lines.Take(height).Select(line => line.Line)];
}
