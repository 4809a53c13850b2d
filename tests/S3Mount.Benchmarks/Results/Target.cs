using System.Globalization;

namespace S3Mount.Benchmarks.Results;

/// <summary>One floor that must be reached.</summary>
/// <param name="Measured">Empty where it was not measured.</param>
internal readonly record struct Target(string Row, string Floor, string Measured, bool IsMet)
{
    /// <summary>Of several measurements the worst one counts; NaN is none.</summary>
    public static Target AtLeast(string row, double floor, IEnumerable<double> measured)
    {
        double worst = measured.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Min();
        return new Target(row, "at least " + Text(floor), Text(worst), worst >= floor);
    }

    /// <summary>The same, where less is better.</summary>
    public static Target AtMost(string row, double limit, IEnumerable<double> measured)
    {
        double worst = measured.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Max();
        return new Target(row, "at most " + Text(limit), Text(worst), worst <= limit);
    }

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString(Math.Abs(value) < 10 ? "0.##" : "0", CultureInfo.InvariantCulture);
}
