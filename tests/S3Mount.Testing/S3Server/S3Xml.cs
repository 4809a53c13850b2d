using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace S3Mount.Testing.S3Server;

/// <summary>Writes the XML of answers as UTF-8.</summary>
internal sealed class S3Xml
{
    // XML 1.0 cannot carry control characters; S3 sends a reference to one all the same.
    private static readonly SearchValues<byte> _escaped = SearchValues.Create([.. "&<>\"\x7f"u8, .. Enumerable.Range(0, ' ').Select(i => (byte)i)]);

    private readonly PooledBytes _text;

    public S3Xml(PooledBytes text, bool isDocument = true)
    {
        _text = text;
        if (isDocument)
            Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"u8);
    }

    public S3Xml()
        : this(new PooledBytes(4096))
    {
    }

    public PooledBytes Bytes => _text;

    public S3Xml Open(string name, bool isRoot = false)
    {
        Raw("<"u8);
        Encoding.UTF8.GetBytes(name, _text);
        return Raw(isRoot ? " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"u8 : ">"u8);
    }

    public S3Xml Close(string name)
    {
        Raw("</"u8);
        Encoding.UTF8.GetBytes(name, _text);
        return Raw(">"u8);
    }

    public S3Xml Text(string value) => Text(Encoding.UTF8.GetBytes(value));

    public S3Xml Text(ReadOnlySpan<byte> utf8)
    {
        while (utf8.IndexOfAny(_escaped) is >= 0 and int at)
        {
            Raw(utf8[..at]);
            AppendEscaped(utf8[at]);
            utf8 = utf8[(at + 1)..];
        }
        return Raw(utf8);
    }

    public S3Xml Number(long value)
    {
        System.Buffers.Text.Utf8Formatter.TryFormat(value, _text.GetSpan(20), out int length);
        _text.Advance(length);
        return this;
    }

    /// <summary>Bytes as they are: markup, or what is known to need no escaping.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public S3Xml Raw(ReadOnlySpan<byte> utf8)
    {
        _text.Write(utf8);
        return this;
    }

    public S3Xml Element(string name, string value) => Open(name).Text(value).Close(name);

    public S3Xml Element(string name, long value) => Open(name).Number(value).Close(name);

    public S3Xml Element(string name, bool value) => Element(name, value ? "true" : "false");

    private void AppendEscaped(byte character) => Raw(character switch
    {
        (byte)'&' => "&amp;"u8,
        (byte)'<' => "&lt;"u8,
        (byte)'>' => "&gt;"u8,
        (byte)'"' => "&quot;"u8,
        _ => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"&#x{character:x};")),
    });
}
