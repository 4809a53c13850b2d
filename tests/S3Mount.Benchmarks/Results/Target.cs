using System.Globalization;

namespace S3Mount.Benchmarks.Results;

/// <summary>One floor that must be reached.</summary>
/// <param name="Measured">Empty where it was not measured.</param>
/// <param name="IsMet">Null where that cannot be told: a bound below the floor.</param>
internal readonly record struct Target(string Row, string Floor, string Measured, bool? IsMet)
{
    /// <summary>Of several measurements the worst one counts; NaN is none.</summary>
    public static Target AtLeast(string row, double floor, IEnumerable<Ratio> measured)
    {
        Ratio worst = measured.Where(ratio => !double.IsNaN(ratio.Value)).DefaultIfEmpty(new Ratio(double.NaN)).MinBy(ratio => ratio.Value);
        bool isMet = worst.Value >= floor;
        return new Target(row, "at least " + Text(floor), Cells.Bound(worst.IsLowerBound) + Text(worst.Value), isMet || !worst.IsLowerBound ? isMet : null);
    }

    public static Target AtLeast(string row, double floor, IEnumerable<double> measured) => AtLeast(row, floor, measured.Select(value => new Ratio(value)));

    /// <summary>The same, where less is better.</summary>
    public static Target AtMost(string row, double limit, IEnumerable<double> measured)
    {
        double worst = measured.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Max();
        return new Target(row, "at most " + Text(limit), Text(worst), worst <= limit);
    }

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString(Math.Abs(value) < 10 ? "0.##" : "0", CultureInfo.InvariantCulture);
}
