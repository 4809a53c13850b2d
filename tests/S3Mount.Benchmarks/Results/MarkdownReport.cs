using System.Globalization;
using System.Text;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Hits;

namespace S3Mount.Benchmarks.Results;

/// <summary>All rows as Markdown, one table a setting.</summary>
internal static class MarkdownReport
{
    public static string Write(BenchOptions options, ResultBook book, IReadOnlyList<HitResult> hits)
    {
        var text = new StringBuilder();
        HitTable.Write(text, hits);
        foreach (StoreSetting setting in options.Settings.Where(setting => book.Rows.Any(row => row.Setting == setting)))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"## {setting.Name}: {Environment.ProcessorCount} cores, Linux {Environment.OSVersion.Version}").AppendLine();
            RowTable.Write(text, book, setting);
        }
        return text.ToString();
    }
}
