using System.Globalization;
using System.Text;

namespace S3Mount.Testing.S3Server;

/// <summary>Writes the XML of answers; the text is built as UTF-16 and sent as UTF-8.</summary>
internal sealed class S3Xml
{
    private readonly StringBuilder _text = new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", 4096);

    public S3Xml Open(string name, bool isRoot = false)
    {
        _text.Append('<').Append(name);
        if (isRoot)
            _text.Append(" xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
        _text.Append('>');
        return this;
    }

    public S3Xml Close(string name)
    {
        _text.Append("</").Append(name).Append('>');
        return this;
    }

    public S3Xml Text(string value)
    {
        AppendEscaped(value);
        return this;
    }

    public S3Xml Element(string name, string value) => Open(name).Text(value).Close(name);

    public S3Xml Element(string name, long value) => Element(name, value.ToString(CultureInfo.InvariantCulture));

    public S3Xml Element(string name, bool value) => Element(name, value ? "true" : "false");

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(_text.ToString());

    private void AppendEscaped(string value)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                // XML 1.0 cannot carry control characters; S3 sends a reference to one all the same.
                < ' ' or '\x7f' => _text.Append(CultureInfo.InvariantCulture, $"&#x{(int)c:x};"),
                _ => _text.Append(c),
            };
        }
    }
}
