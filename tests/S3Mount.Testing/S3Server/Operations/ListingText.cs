using System.Text;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>Keys as a listing shows them.</summary>
internal sealed class ListingText(S3Request request, S3ListingStyle style)
{
    public S3ListingStyle Style => style;

    public bool IsEncoded { get; } = style.HeedsEncodingType && request.Query.Text("encoding-type") == "url";

    public string Key(ReadOnlySpan<byte> utf8)
    {
        if (!IsEncoded)
            return Encoding.UTF8.GetString(utf8);
        var text = new StringBuilder(utf8.Length);
        PercentEncoding.AppendListed(text, utf8, style.SpaceIsPlus);
        return text.ToString();
    }
}
