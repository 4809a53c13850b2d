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
            bool isRead = xml.Name switch
            {
                var name when name.SequenceEqual("Code"u8) => TryRead(ref xml, body, ref error, static (error, text) => error with { Code = text }),
                var name when name.SequenceEqual("Message"u8) => TryRead(ref xml, body, ref error, static (error, text) => error with { Message = text }),
                var name when name.SequenceEqual("Region"u8) => TryRead(ref xml, body, ref error, static (error, text) => error with { Region = text }),
                var name when name.SequenceEqual("Endpoint"u8) => TryRead(ref xml, body, ref error, static (error, text) => error with { Endpoint = text }),
                var name when name.SequenceEqual("RequestId"u8) => TryRead(ref xml, body, ref error, static (error, text) => error with { RequestId = text }),
                _ => xml.TrySkip(),
            };
            // What follows would be read as if it stood outside.
            if (!isRead)
                break;
        }
        return error;
    }

    private static bool TryRead(ref XmlScanner xml, ReadOnlySpan<byte> body, ref S3Error error, Func<S3Error, string?, S3Error> with)
    {
        if (!xml.TryReadText(out int start, out int length, out bool isLiteral))
            return false;
        error = with(error, XmlText.ToText(body.Slice(start, length), isLiteral));
        return true;
    }
}
