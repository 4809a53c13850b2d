using System.Text;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>ListObjectsV2 and ListObjects (S3 API).</summary>
internal sealed class ListOperations(Func<S3ListingStyle> style)
{
    public ServerResponse ListV2(S3Request request, S3Bucket bucket)
    {
        S3ListingStyle listing = style();
        byte[]? startAfter = request.Query.Bytes("start-after");
        ObjectListingRequest wanted = Wanted(request, listing) with { After = startAfter };
        if (request.Query.Text("continuation-token") is { } token)
            wanted = Continue(wanted, token);
        ObjectListing page = List(bucket, wanted);

        var text = new ListingText(request, listing);
        S3Xml xml = Begin(request, bucket, text, wanted.MaxKeys);
        if (startAfter is not null)
            xml.Element("StartAfter", text.Key(startAfter));
        if (request.Query.Text("continuation-token") is { } echoed)
            xml.Element("ContinuationToken", echoed);
        if (page.IsTruncated)
            xml.Element("NextContinuationToken", Token(page));
        xml.Element("KeyCount", page.Count).Element("IsTruncated", page.IsTruncated);
        Append(xml, page, text, withOwner: request.Query.Text("fetch-owner") == "true");
        return S3Responses.Xml(200, xml.Close("ListBucketResult"));
    }

    public ServerResponse ListV1(S3Request request, S3Bucket bucket)
    {
        S3ListingStyle listing = style();
        ObjectListingRequest wanted = Wanted(request, listing);
        byte[] marker = request.Query.Bytes("marker") ?? [];
        if (marker.Length > 0)
            wanted = AfterMarker(wanted, marker);
        ObjectListing page = List(bucket, wanted);

        var text = new ListingText(request, listing);
        S3Xml xml = Begin(request, bucket, text, wanted.MaxKeys).Element("Marker", text.Key(marker)).Element("IsTruncated", page.IsTruncated);
        // Without a delimiter the last key is the marker (S3 API, ListObjects, NextMarker).
        if (page.IsTruncated && wanted.Delimiter.Length > 0)
            xml.Element("NextMarker", text.Key(page.Last.Span));
        Append(xml, page, text, withOwner: true);
        return S3Responses.Xml(200, xml.Close("ListBucketResult"));
    }

    private static ObjectListingRequest Wanted(S3Request request, S3ListingStyle listing) => new()
    {
        Prefix = request.Query.Bytes("prefix") ?? [],
        Delimiter = request.Query.Bytes("delimiter") ?? [],
        MaxKeys = Math.Min(request.Query.Number("max-keys", 1000), listing.PageSize),
    };

    // A page of nothing is never truncated.
    private static ObjectListing List(S3Bucket bucket, ObjectListingRequest wanted) =>
        wanted.MaxKeys == 0 ? new ObjectListing() : bucket.Objects.List(wanted);

    private static S3Xml Begin(S3Request request, S3Bucket bucket, ListingText text, int maxKeys)
    {
        S3Xml xml = new S3Xml().Open("ListBucketResult", isRoot: true)
            .Element("Name", bucket.Name)
            .Element("Prefix", text.Key(request.Query.Bytes("prefix") ?? []))
            .Element("MaxKeys", maxKeys);
        if (request.Query.Bytes("delimiter") is { Length: > 0 } delimiter)
            xml.Element("Delimiter", text.Key(delimiter));
        if (text.IsEncoded)
            xml.Element("EncodingType", "url");
        return xml;
    }

    private static void Append(S3Xml xml, ObjectListing page, ListingText text, bool withOwner)
    {
        foreach (StoredObject stored in page.Objects)
        {
            xml.Open("Contents")
                .Element("Key", text.Key(stored.Key.Span))
                .Element("LastModified", S3Dates.Listed(stored.LastModified, text.Style.Milliseconds));
            if (stored.ETag.Length > 0)
                xml.Element("ETag", S3Responses.Quote(stored.ETag));
            xml.Element("Size", stored.Size);
            if (withOwner)
                xml.Open("Owner").Element("ID", BucketOperations.OwnerId).Element("DisplayName", BucketOperations.OwnerName).Close("Owner");
            xml.Element("StorageClass", stored.StorageClass).Close("Contents");
        }
        foreach (ReadOnlyMemory<byte> prefix in page.CommonPrefixes)
            xml.Open("CommonPrefixes").Element("Prefix", text.Key(prefix.Span)).Close("CommonPrefixes");
    }

    // A marker inside a common prefix stands for the whole of it; otherwise NextMarker would repeat it for ever.
    private static ObjectListingRequest AfterMarker(ObjectListingRequest wanted, byte[] marker)
    {
        int at = -1;
        if (!wanted.Delimiter.IsEmpty && marker.AsSpan().StartsWith(wanted.Prefix.Span))
            at = marker.AsSpan(wanted.Prefix.Length).IndexOf(wanted.Delimiter.Span);
        return at < 0
            ? wanted with { After = marker }
            : wanted with { After = marker.AsMemory(0, wanted.Prefix.Length + at + wanted.Delimiter.Length), AfterIsCommonPrefix = true };
    }

    // Base64 has +, / and = in it, which a client must escape.
    private static string Token(ObjectListing page) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(page.LastIsCommonPrefix ? "1>?" : "0>?")) + Convert.ToBase64String(page.Last.Span);

    private static ObjectListingRequest Continue(ObjectListingRequest wanted, string token)
    {
        byte[] after = new byte[token.Length];
        if (token.Length < 4 || token[..4] is not ("MT4/" or "MD4/") || !Convert.TryFromBase64Chars(token.AsSpan(4), after, out int length))
            throw S3Exception.InvalidArgument("The continuation token provided is incorrect");
        return wanted with { After = after.AsMemory(0, length), AfterIsCommonPrefix = token[..4] == "MT4/" };
    }
}
