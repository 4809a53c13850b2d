using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Scenarios;

namespace S3Mount.Benchmarks.Results;

/// <summary>The ratios to the ceiling as a picture: a row of panels for each setting, cold on the left and warm on the right.</summary>
internal static class SvgPicture
{
    private const double Margin = 24;
    private const double Head = 84;

    public static string Draw(BenchOptions options, ResultBook book)
    {
        var svg = new SvgWriter();
        double width = (2 * SvgPanel.Width) + (3 * Margin);
        svg.Text(Margin, 32, "Speed of the mounts by that of the ceiling", 20, isBold: true);
        svg.Text(Margin, 52, "cold: a bare HTTP client; warm: the same files on tmpfs under the same reader. Logarithmic; longer is faster.", 12, fill: "#57606a");
        DrawLegend(svg);
        double y = Head;
        foreach (StoreSetting setting in options.Settings)
        {
            SvgPanel[] panels = [.. Enum.GetValues<Pass>().Select(pass => PanelOf(book, setting, pass))];
            for (int i = 0; i < panels.Length; i++)
                panels[i].Draw(svg, Margin + (i * (SvgPanel.Width + Margin)), y);
            y += panels.Max(panel => panel.Height) + Margin;
        }
        return svg.ToDocument(width, y);
    }

    private static void DrawLegend(SvgWriter svg)
    {
        double x = Margin;
        foreach (Contender mount in SvgPanel.Mounts)
        {
            svg.Rectangle(x, 62, 12, 12, SvgPanel.ColourOf(mount));
            svg.Text(x + 18, 72, mount.Text(), 12);
            x += 150;
        }
    }

    private static SvgPanel PanelOf(ResultBook book, StoreSetting setting, Pass pass)
    {
        Row<Scenario>[] products = [.. book.Rows.Where(row => row.Setting == setting && row.Pass == pass && row.Contender == Contender.S3Mount && book.CeilingOf(row) is not null)];
        return new SvgPanel($"{setting.Name}, {pass.Text()}", book, products);
    }
}
