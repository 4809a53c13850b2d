using System.Globalization;
using System.Text;
using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks.Results;

/// <summary>All rows as Markdown, one table a setting.</summary>
internal static class MarkdownReport
{
    public static string Write(BenchOptions options, ResultBook book)
    {
        var text = new StringBuilder();
        foreach (StoreSetting setting in options.Settings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"## {setting.Name}: {Environment.ProcessorCount} cores, Linux {Environment.OSVersion.Version}").AppendLine();
            RowTable.Write(text, book, setting);
        }
        return text.ToString();
    }
}
