using System.Globalization;
using System.Text;

namespace S3Mount.Benchmarks.Faults;

/// <summary>Every figure of the faults as a Markdown table.</summary>
internal static class FaultTable
{
    public static void Write(StringBuilder text, FaultBook book)
    {
        if (book.Rows.Count == 0)
            return;
        text.AppendLine("## Faults: every row").AppendLine();
        text.AppendLine("The store is remote, but for the checksums. Times of reads are from before open to after close of each file. Requests are those that s3mount counts itself, repeated ones and hedges included.").AppendLine();
        text.AppendLine("| scenario | runs | figure | median (min-max) | |").AppendLine("| --- | ---: | --- | ---: | --- |");
        foreach (FaultRow row in book.Rows)
        {
            foreach (FaultFigure figure in row.Figures)
                text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Scenario.Title} | {row.Count} | {figure.Name} | {Text(row.ValuesOf(figure.Name))} | {figure.Unit} |");
            if (row.Failure is not null)
                text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Scenario.Title} | {row.Count} | failed: {row.Failure.Split('\n')[0]} | | |");
        }
        text.AppendLine();
    }

    private static string Text(double[] values)
    {
        string middle = Number(values[values.Length / 2]);
        return values.Length == 1 ? middle : $"{middle} ({Number(values[0])}-{Number(values[^1])})";
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) < 10 ? "0.###" : Math.Abs(value) < 1000 ? "0.#" : "0", CultureInfo.InvariantCulture);
}
