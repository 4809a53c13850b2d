namespace S3Mount.Testing.S3Server.Operations;

/// <summary>Keys as a listing shows them.</summary>
internal sealed class ListingText(S3Request request, S3ListingStyle style)
{
    public S3ListingStyle Style => style;

    public bool IsEncoded { get; } = style.HeedsEncodingType && request.Query.Text("encoding-type") == "url";

    public void Write(S3Xml xml, ReadOnlySpan<byte> key)
    {
        if (IsEncoded)
            PercentEncoding.WriteListed(xml.Bytes, key, style.SpaceIsPlus);
        else
            xml.Text(key);
    }
}
