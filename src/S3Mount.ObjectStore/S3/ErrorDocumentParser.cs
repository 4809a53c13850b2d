namespace S3Mount.ObjectStore.S3;

/// <summary>Reads an error document (S3 API, "REST error responses"); what cannot be read of it stays null.</summary>
internal static class ErrorDocumentParser
{
    public static S3Error Parse(ReadOnlySpan<byte> body)
    {
        var xml = new XmlScanner(body);
        S3Error error = S3Error.Unknown;
        if (xml.Read() != XmlTag.Start || !xml.Name.SequenceEqual("Error"u8))
            return error;
        for (XmlTag tag; (tag = xml.Read()) is XmlTag.Start or XmlTag.Empty;)
        {
            if (tag == XmlTag.Empty)
                continue;
            ReadOnlySpan<byte> name = xml.Name;
            if (name.SequenceEqual("Code"u8))
                error = error with { Code = ReadText(ref xml, body) };
            else if (name.SequenceEqual("Message"u8))
                error = error with { Message = ReadText(ref xml, body) };
            else if (name.SequenceEqual("Region"u8))
                error = error with { Region = ReadText(ref xml, body) };
            else if (name.SequenceEqual("Endpoint"u8))
                error = error with { Endpoint = ReadText(ref xml, body) };
            else if (name.SequenceEqual("RequestId"u8))
                error = error with { RequestId = ReadText(ref xml, body) };
            else if (!xml.TrySkip())
                break;
        }
        return error;
    }

    private static string? ReadText(ref XmlScanner xml, ReadOnlySpan<byte> body) =>
        xml.TryReadText(out int start, out int length, out bool isLiteral) ? XmlText.ToText(body.Slice(start, length), isLiteral) : null;
}
