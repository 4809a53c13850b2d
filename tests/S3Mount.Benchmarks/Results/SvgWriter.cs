using System.Globalization;
using System.Security;
using System.Text;

namespace S3Mount.Benchmarks.Results;

/// <summary>The few elements of SVG that a bar chart is made of.</summary>
internal sealed class SvgWriter
{
    // Lines behind a text do not strike it through.
    private const string Halo = "stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\"";

    private readonly StringBuilder _body = new();

    public void Rectangle(double x, double y, double width, double height, string fill) =>
        _body.AppendLine(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" fill=\"{fill}\"/>");

    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1) =>
        _body.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" stroke=\"{stroke}\" stroke-width=\"{width:0.#}\"/>");

    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    public void Text(double x, double y, string text, int size = 11, string anchor = "start", string fill = "#24292f", bool isBold = false) =>
        _body.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{fill}\"{(isBold ? " font-weight=\"bold\"" : "")} {Halo}>{SecurityElement.Escape(text)}</text>");

    public string ToDocument(double width, double height) => string.Create(CultureInfo.InvariantCulture,
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:0} {height:0}\" width=\"{width:0}\" height=\"{height:0}\" font-family=\"system-ui, 'DejaVu Sans', Arial, sans-serif\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{_body}</svg>\n");
}
