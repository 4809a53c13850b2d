using System.Globalization;
using System.Text;

namespace S3Mount.Benchmarks.Results;

/// <summary>Rows as a Markdown table: times, and how many times faster s3mount is than each contender.</summary>
internal static class Table
{
    public const string Product = "s3mount";

    public static string Write(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder();
        text.AppendLine("| scenario | contender | median s (min-max) | files/s | MB/s | s3mount is x faster | mount CPU s | mount peak MiB | GET / LIST / HEAD | fetched/read | store CPU share |");
        text.AppendLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (IGrouping<string, Row> scenario in rows.GroupBy(row => row.Scenario))
        {
            double product = scenario.FirstOrDefault(row => row.Contender == Product)?.Median ?? double.NaN;
            foreach (Row row in scenario)
                text.AppendLine(Line(row, product));
        }
        return text.ToString();
    }

    private static string Line(Row row, double product)
    {
        Sample middle = row.Middle;
        double seconds = row.Median;
        double storeShare = middle.StoreCpu / (seconds * Environment.ProcessorCount);
        string fetched = middle.Client.Bytes > 0 && middle.Store.Bytes > 0 ? Number(middle.Store.Bytes / (double)middle.Client.Bytes, 2) : "";
        string ratio = row.Contender == Product ? "" : Number(seconds / product, 2);
        return string.Create(CultureInfo.InvariantCulture,
            $"| {row.Scenario} | {row.Contender} | {Number(seconds, 3)} ({Number(row.Min, 3)}-{Number(row.Max, 3)}) | {Number(middle.Client.Files / seconds, 0)} | {Number(middle.Client.Bytes / seconds / 1e6, 0)} | {ratio} | {Number(middle.MountCpu, 2)} | {Number(middle.MountPeakBytes / 1048576.0, 0)} | {middle.Store.Gets} / {middle.Store.Lists} / {middle.Store.Heads} | {fetched} | {Number(storeShare * 100, 0)} %{(storeShare > 0.5 ? " (the server is the limit)" : "")} |");
    }

    private static string Number(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);
}
