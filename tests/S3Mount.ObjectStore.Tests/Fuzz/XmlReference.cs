using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace S3Mount.ObjectStore.Tests.Fuzz;

/// <summary>What the framework's XML reader makes of a document: the reference for what a fuzzer feeds to ours.</summary>
internal static class XmlReference
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// Null for what is no well-formed XML, and for what is read in another way on purpose: a line break of two characters, which XML makes one of.
    /// </summary>
    public static XDocument? Parse(byte[] body)
    {
        if (body.Contains((byte)'\r'))
            return null;
        try
        {
            // From a string, so that what the declaration says of an encoding does not count.
            using var text = new StringReader(_strict.GetString(body));
            using XmlReader reader = XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
        }
        catch (Exception exception) when (exception is XmlException or DecoderFallbackException)
        {
            return null;
        }
    }

    public static string? LastOf(XElement parent, string name) => AllOf(parent, name).LastOrDefault();

    public static IEnumerable<string> AllOf(XElement parent, string name) => parent.Elements().Where(child => child.Name.LocalName == name).Select(child => child.Value);
}
