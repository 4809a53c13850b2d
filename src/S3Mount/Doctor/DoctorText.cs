using System.Globalization;
using System.Text;

namespace S3Mount.Doctor;

/// <summary>What is found, for people: a mark, a name, what was found, and below what to do.</summary>
/// <param name="hasColor">For a terminal.</param>
internal sealed class DoctorText(bool hasColor)
{
    /// <summary>Terminals are at least this wide.</summary>
    private const int Width = 100;

    /// <summary>The longest name of a check, with a gap.</summary>
    public const int NameWidth = 16;

    private const int MarkWidth = 6;

    /// <summary>Two spaces stand before the mark.</summary>
    private const int DetailColumn = 2 + MarkWidth + NameWidth;

    /// <summary>Above each group of checks.</summary>
    public static string Head(CheckArea area, string? target) => area switch
    {
        CheckArea.Machine => "this machine\n",
        CheckArea.Store => $"\nthe store: {target}\n",
        _ => "\nits speed from here\n",
    };

    public string Line(CheckReport check)
    {
        var text = new StringBuilder("  ");
        (string mark, int color) = check.Outcome switch
        {
            CheckOutcome.Ok => ("ok", 32),
            CheckOutcome.Warning => ("warn", 33),
            CheckOutcome.Failed => ("FAIL", 31),
            _ => ("-", 90),
        };
        // SGR, ECMA-48 8.3.117: the padding stays outside, so that columns are the same with and without.
        text.Append(hasColor ? $"\e[{color}m{mark}\e[0m" : mark).Append(' ', MarkWidth - mark.Length);
        text.Append(check.Name.PadRight(NameWidth));
        string detail = check.Outcome == CheckOutcome.Skipped ? $"skipped because {check.Detail}" : check.Detail;
        Wrap(text, detail, DetailColumn);
        if (check.Advice is { } advice)
        {
            text.Append(' ', DetailColumn).Append("-> ");
            Wrap(text, advice, DetailColumn + 3);
        }
        return text.ToString();
    }

    /// <summary>What stands below all checks.</summary>
    public static string Summary(DoctorReport report)
    {
        var text = new StringBuilder();
        int checks = report.Checks.Count;
        text.Append(CultureInfo.InvariantCulture, $"\n{checks} {(checks == 1 ? "check" : "checks")}: {report.Count(CheckOutcome.Ok)} ok, {Count(report, CheckOutcome.Warning, "warning")}, {report.Count(CheckOutcome.Failed)} failed, {report.Count(CheckOutcome.Skipped)} skipped");
        text.Append(report.IsStopped ? "; stopped before the end\n" : "\n");
        if (report.Command is null && report.Recommended.Count == 0)
            return text.ToString();
        text.Append("\nrecommended\n");
        foreach (Recommendation one in report.Recommended)
        {
            string option = $"  {one.Option}{(one.Value is null ? "" : " " + one.Value)}";
            text.Append(option.PadRight(DetailColumn));
            if (option.Length >= DetailColumn)
                text.Append('\n').Append(' ', DetailColumn);
            Wrap(text, one.Reason, DetailColumn);
        }
        if (report.Recommended.Count == 0)
            text.Append("  nothing beside the defaults\n");
        if (report.Command is { } command)
            text.Append("\n  ").Append(command).Append('\n');
        return text.ToString();
    }

    /// <summary>A duration of a network: <c>0.25 ms</c>, <c>25 ms</c>, <c>1.2 s</c>.</summary>
    public static string Time(TimeSpan time) => time.TotalMilliseconds switch
    {
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.##} ms"),
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
    };

    /// <summary>A distance of clocks: <c>2 s</c>, <c>3 min</c>, <c>1 h</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} days"),
    };

    /// <summary>Decimal, as networks are sold: <c>812 MB/s</c>.</summary>
    public static string Rate(double bytesPerSecond) => $"{Megabytes(bytesPerSecond)} MB/s";

    public static string Megabytes(double bytes) => (bytes / 1e6).ToString(bytes < 10e6 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Count(DoctorReport report, CheckOutcome outcome, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{report.Count(outcome)} {noun}{(report.Count(outcome) == 1 ? "" : "s")}");

    /// <summary>Ends with a line end.</summary>
    private static void Wrap(StringBuilder text, string words, int indent)
    {
        int column = indent;
        foreach (string word in words.Split(' '))
        {
            if (column > indent && column + 1 + word.Length > Width)
            {
                text.Append('\n').Append(' ', indent);
                column = indent;
            }
            else if (column > indent)
            {
                text.Append(' ');
                column++;
            }
            text.Append(word);
            column += word.Length;
        }
        text.Append('\n');
    }
}
