namespace S3Mount.Benchmarks.Results;

/// <summary>How many times as long one row took as another.</summary>
/// <param name="Value">NaN where one of them was not measured.</param>
/// <param name="IsLowerBound">It was ended before it was done.</param>
internal readonly record struct Ratio(double Value, bool IsLowerBound = false)
{
    public static Ratio Of<TScenario>(Row<TScenario>? row, Row<TScenario> other)
        where TScenario : IScenario => row is null ? new Ratio(double.NaN) : new Ratio(row.Median / other.Median, row.IsPartial);

    /// <summary>With a mark where it is a bound; empty where it was not measured.</summary>
    public string Text(int digits) => double.IsNaN(Value) ? "" : Cells.Bound(IsLowerBound) + Cells.Number(Value, digits);
}
