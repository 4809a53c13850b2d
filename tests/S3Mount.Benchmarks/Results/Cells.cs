using System.Globalization;
using S3Mount.Benchmarks.Contenders;

namespace S3Mount.Benchmarks.Results;

/// <summary>What the cells of the tables have in common.</summary>
internal static class Cells
{
    public const double Mebibyte = 1 << 20;

    // Above this share of the machine the store, not the contender, is what is measured.
    private const double MarkedStoreShare = 0.5;

    public static string Number(double value, int digits) => value.ToString("F" + digits, CultureInfo.InvariantCulture);

    /// <summary>The mark of what is a lower bound.</summary>
    public static string Bound(bool isLowerBound) => isLowerBound ? "> " : "";

    /// <summary>The median, what it lies between, and what is to be said about it.</summary>
    public static string Seconds<TScenario>(Row<TScenario> row, int digits)
        where TScenario : IScenario
    {
        string remark = row.Remark.Length == 0 ? "" : $"; {row.Remark}";
        string failure = row.Failure is null ? "" : $"; then failed: {FirstLine(row.Failure)}";
        string seconds = row.IsPartial ? Bound(true) + Number(row.Median, 0) : $"{Number(row.Median, digits)} ({Number(row.Min, digits)}-{Number(row.Max, digits)})";
        return seconds + remark + failure;
    }

    /// <summary>The end of the line of a row without samples: the reason, and nothing in the other cells.</summary>
    public static string Failed<TScenario>(Row<TScenario> row, int emptyCells)
        where TScenario : IScenario => $" 0 | {FirstLine(row.Failure ?? "not measured")} |" + string.Concat(Enumerable.Repeat(" |", emptyCells));

    public static string Requests(StoreCounts store) => $"{store.Gets} / {store.Lists} / {store.Heads}";

    public static string StoreShare(Sample sample) => $"{Number(sample.StoreShare * 100, 0)} %{(sample.StoreShare > MarkedStoreShare ? " **(the store is the limit)**" : "")}";

    private static string FirstLine(string text) => text.Split('\n')[0];
}
