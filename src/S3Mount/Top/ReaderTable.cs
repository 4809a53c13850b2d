using System.Globalization;
using S3Mount.Control.Client;

namespace S3Mount.Top;

/// <summary>Who reads, as a table.</summary>
internal sealed class ReaderTable(CellText cells)
{
    /// <summary>As long as the largest pid of Linux, 4,194,304, without its commas.</summary>
    private const int PidColumns = 7;

    /// <summary>Less says nothing of a name.</summary>
    private const int LeastName = 8;

    /// <summary>Heads and widths, the most important first: from the end they are left out where there is no room.</summary>
    private static readonly (string Head, int Columns, Func<ReaderRow, string> Write)[] _columns =
    [
        ("READS", 13, row => TopText.Rate(row.ReadBytes)),
        ("FILES", 9, row => TopText.PerSecond(row.Files)),
        ("REQUESTS", 10, row => TopText.PerSecond(row.Requests)),
        ("WAITING", 8, row => row.Waiting.ToString(CultureInfo.InvariantCulture)),
        ("IN ALL", 11, row => StatusText.Size(row.Total)),
    ];

    /// <param name="room">For so many readers.</param>
    public IReadOnlyList<ScreenLine> Draw(TopFigures figures, int width, int room)
    {
        int columns = _columns.Length;
        while (columns > 1 && NameColumns(width, columns) < LeastName)
            columns--;
        var lines = new List<ScreenLine> { Line("PID", "READER", column => column.Head, columns, width, ScreenStyle.Head) };
        if (figures.Readers.Count == 0)
            lines.Add(new ScreenLine(cells.Fit($"{new string(' ', PidColumns)}  nobody just now", width)));
        // The last line says what there is no room for.
        int shown = figures.Readers.Count <= room ? figures.Readers.Count : Math.Max(0, room - 1);
        foreach (ReaderRow row in figures.Readers.Take(shown))
            lines.Add(Line(row.Process.Pid.ToString(CultureInfo.InvariantCulture), NameOf(row), column => column.Write(row), columns, width, ScreenStyle.Plain));
        if (shown < figures.Readers.Count)
            lines.Add(new ScreenLine(cells.Fit($"{new string(' ', PidColumns)}  and {figures.Readers.Count - shown} more", width)));
        return lines;
    }

    private static int NameColumns(int width, int columns) => width - PidColumns - 2 - _columns.Take(columns).Sum(column => column.Columns);

    private static string NameOf(ReaderRow row) => row.Threads > 1 && row.Process.Pid != 0
        ? string.Create(CultureInfo.InvariantCulture, $"{row.Process.Text} ({row.Threads} threads)") : row.Process.Text;

    private ScreenLine Line(string pid, string name, Func<(string Head, int Columns, Func<ReaderRow, string> Write), string> write, int columns, int width, ScreenStyle style) =>
        new(cells.Fit($"{cells.Pad(pid, PidColumns, isRight: true)}  {cells.Pad(name, Math.Max(0, NameColumns(width, columns)))}{string.Concat(_columns.Take(columns).Select(column => cells.Pad(write(column), column.Columns, isRight: true)))}", width), style);
}
