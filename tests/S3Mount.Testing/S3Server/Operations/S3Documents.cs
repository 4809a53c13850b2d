using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using S3Mount.ObjectStore;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>Reads the documents that clients send; namespaces are of no account.</summary>
internal static class S3Documents
{
    public static string? LocationConstraint(ReadOnlyMemory<byte> payload) =>
        Named(Load(payload), "LocationConstraint").FirstOrDefault()?.Value is { Length: > 0 } region ? region : null;

    public static (ObjectKey[] Keys, bool Quiet) Delete(ReadOnlyMemory<byte> payload)
    {
        XElement root = Load(payload);
        ObjectKey[] keys = [.. Named(root, "Key").Select(element => new ObjectKey(element.Value))];
        return (keys, Named(root, "Quiet").Any(element => element.Value == "true"));
    }

    /// <summary>Numbers and unquoted tags of an upload's parts, in their order.</summary>
    public static (int Number, string ETag)[] CompletedParts(ReadOnlyMemory<byte> payload) =>
    [
        .. Named(Load(payload), "Part").Select(part =>
        {
            string number = Named(part, "PartNumber").FirstOrDefault()?.Value ?? throw S3Exception.MalformedXml();
            string etag = Named(part, "ETag").FirstOrDefault()?.Value ?? throw S3Exception.MalformedXml();
            return (int.Parse(number, CultureInfo.InvariantCulture), etag.Trim('"'));
        }),
    ];

    private static IEnumerable<XElement> Named(XElement root, string name) =>
        root.DescendantsAndSelf().Where(element => element.Name.LocalName == name);

    private static XElement Load(ReadOnlyMemory<byte> payload)
    {
        // Clients escape control characters in keys as references, which strict XML 1.0 forbids.
        var settings = new XmlReaderSettings { CheckCharacters = false, DtdProcessing = DtdProcessing.Prohibit };
        try
        {
            using var reader = XmlReader.Create(new StringReader(Encoding.UTF8.GetString(payload.Span).TrimStart('\ufeff')), settings);
            return XElement.Load(reader, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            throw S3Exception.MalformedXml();
        }
    }
}
