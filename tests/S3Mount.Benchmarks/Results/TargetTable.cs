using System.Globalization;
using System.Text;

namespace S3Mount.Benchmarks.Results;

/// <summary>The floors as a Markdown table.</summary>
internal static class TargetTable
{
    public static void Write(StringBuilder text, IEnumerable<Target> targets)
    {
        text.AppendLine("## Where it must arrive").AppendLine();
        text.AppendLine("| row | floor | measured | |").AppendLine("| --- | ---: | ---: | --- |");
        foreach (Target target in targets)
        {
            string verdict = target.Measured.Length == 0 ? "not measured" : target.IsMet switch { true => "met", false => "**missed**", null => "not judged" };
            text.AppendLine(CultureInfo.InvariantCulture, $"| {target.Row} | {target.Floor} | {target.Measured} | {verdict} |");
        }
        text.AppendLine();
    }
}
