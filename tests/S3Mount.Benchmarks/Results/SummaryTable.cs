using System.Globalization;
using System.Text;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks.Results;

/// <summary>One line a scenario: how fast s3mount is, measured by each other contender.</summary>
internal static class SummaryTable
{
    private static readonly Contender[] _others = [.. ContenderNames.Peers, Contender.BareSame, Contender.BareBest, Contender.Tmpfs];

    public static void Write(StringBuilder text, ResultBook book)
    {
        text.AppendLine("## s3mount's speed by that of the others").AppendLine();
        text.AppendLine("Above 1 s3mount is faster; \">\": the other was ended before it was done. Bare client and tmpfs are ceilings; the first bare client has as many connections as there are readers, or as s3mount used.").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| setting | scenario | pass | s3mount s | {string.Join(" | ", _others.Select(other => other.Text()))} |");
        text.AppendLine("| --- | --- | --- | ---: |" + string.Concat(_others.Select(_ => " ---: |")));
        foreach (Row<Scenario> row in book.Rows.Where(row => row is { Contender: Contender.S3Mount, HasSamples: true }))
        {
            IEnumerable<string> ratios = _others.Select(other => Ratio.Of(book.Find(row, other), row).Text(2));
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Setting.Name} | {row.Scenario.Title} | {row.Pass.Text()} | {Cells.Number(row.Median, 4)} | {string.Join(" | ", ratios)} |");
        }
        text.AppendLine();
    }
}
