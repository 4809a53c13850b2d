using System.Globalization;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks.Results;

/// <summary>One panel of the picture: the scenarios of one setting and pass, a bar for each mount, by the ceiling's speed.</summary>
internal sealed class SvgPanel(string title, ResultBook book, IReadOnlyList<Row<Scenario>> products)
{
    public const double Width = 720;

    private const double Labels = 300;
    private const double Plot = 360;
    private const double Head = 48;
    private const double Bar = 9;
    private const double Gap = 10;

    // The axis goes from a hundredth of the ceiling to twice the ceiling; what is slower still has a bar without length.
    private const double Least = 0.01;
    private const double Most = 2;

    private static readonly double[] _ticks = [0.01, 0.03, 0.1, 0.3, 1];

    public static readonly Contender[] Mounts = [Contender.S3Mount, .. ContenderNames.Peers];

    public double Height => Head + products.Sum(HeightOf) + 20;

    public void Draw(SvgWriter svg, double left, double top)
    {
        svg.Text(left, top + 16, title, 15, isBold: true);
        double plot = left + Labels;
        double bottom = top + Height - 20;
        foreach (double tick in _ticks)
        {
            bool isCeiling = tick == 1;
            svg.Line(plot + X(tick), top + Head - 10, plot + X(tick), bottom, isCeiling ? "#24292f" : "#d8dee4", isCeiling ? 1.5 : 1);
            svg.Text(plot + X(tick), top + Head - 15, isCeiling ? "ceiling" : tick.ToString(CultureInfo.InvariantCulture), 10, "middle", "#57606a");
        }
        double y = top + Head;
        foreach (Row<Scenario> product in products)
        {
            DrawScenario(svg, product, plot, y);
            y += HeightOf(product);
        }
    }

    public static string ColourOf(Contender contender) => contender switch
    {
        Contender.S3Mount => "#0969da",
        Contender.S3Fs => "#cf7a30",
        Contender.RCloneOff => "#8c959f",
        _ => "#6fa287",
    };

    private void DrawScenario(SvgWriter svg, Row<Scenario> product, double plot, double y)
    {
        Row<Scenario>[] rows = [.. RowsOf(product)];
        svg.Text(plot - 10, y + (rows.Length * Bar / 2) + 4, product.Scenario.Title, anchor: "end");
        Row<Scenario>? ceiling = book.CeilingOf(product);
        foreach (Row<Scenario> row in rows)
        {
            double speed = ceiling is null || !row.HasSamples ? 0 : ceiling.Median / row.Median;
            svg.Rectangle(plot, y, X(speed), Bar - 1.5, ColourOf(row.Contender));
            string value = !row.HasSamples ? "failed" : (row.IsPartial ? "< " : "") + speed.ToString(speed < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture);
            svg.Text(plot + X(speed) + 4, y + Bar - 1.5, value, 9, fill: row.Contender == Contender.S3Mount ? "#0969da" : "#57606a", isBold: row.Contender == Contender.S3Mount);
            y += Bar;
        }
    }

    private IEnumerable<Row<Scenario>> RowsOf(Row<Scenario> product) =>
        Mounts.Select(mount => book.Find(product.Setting, product.Scenario.Name, product.Pass, mount, withSamples: false)).OfType<Row<Scenario>>();

    private double HeightOf(Row<Scenario> product) => (RowsOf(product).Count() * Bar) + Gap;

    private static double X(double speed) => Plot * Math.Log(Math.Clamp(speed, Least, Most) / Least) / Math.Log(Most / Least);
}
