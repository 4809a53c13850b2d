using System.Text;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>ListObjectsV2 and ListObjects (S3 API).</summary>
internal sealed class ListOperations(Func<S3ListingStyle> style)
{
    public ServerResponse ListV2(S3Request request, S3Bucket bucket)
    {
        var text = new ListingText(request, style());
        byte[]? startAfter = request.Query.Bytes("start-after");
        string? token = request.ContinuationToken;
        ObjectListingRequest wanted = Wanted(request, text) with { After = startAfter };
        if (token is not null)
            wanted = Continue(wanted, token);
        var page = new ListingPage(text, wanted.MaxKeys, hasOwner: request.Query.Text("fetch-owner") == "true");
        ListingEnd end = List(bucket, wanted, page);

        S3Xml head = Begin(request, bucket, text, wanted.MaxKeys);
        if (startAfter is not null)
            Key(head, "StartAfter", text, startAfter);
        if (token is not null)
            head.Element("ContinuationToken", token);
        if (end.IsTruncated)
            head.Element("NextContinuationToken", Token(end));
        return page.ToResponse(head.Element("KeyCount", end.Count).Element("IsTruncated", end.IsTruncated));
    }

    public ServerResponse ListV1(S3Request request, S3Bucket bucket)
    {
        var text = new ListingText(request, style());
        ObjectListingRequest wanted = Wanted(request, text);
        byte[] marker = request.Query.Bytes("marker") ?? [];
        if (marker.Length > 0)
            wanted = AfterMarker(wanted, marker);
        var page = new ListingPage(text, wanted.MaxKeys, hasOwner: true);
        ListingEnd end = List(bucket, wanted, page);

        S3Xml head = Begin(request, bucket, text, wanted.MaxKeys);
        Key(head, "Marker", text, marker);
        // Without a delimiter the last key is the marker (S3 API, ListObjects, NextMarker).
        if (end.IsTruncated && wanted.Delimiter.Length > 0)
            Key(head, "NextMarker", text, end.Last.Span);
        return page.ToResponse(head.Element("IsTruncated", end.IsTruncated));
    }

    private static ObjectListingRequest Wanted(S3Request request, ListingText text) => new()
    {
        Prefix = request.Query.Bytes("prefix") ?? [],
        Delimiter = request.Query.Bytes("delimiter") ?? [],
        MaxKeys = Math.Min(request.Query.Number("max-keys", 1000), text.Style.PageSize),
    };

    // A page of nothing is never truncated.
    private static ListingEnd List(S3Bucket bucket, in ObjectListingRequest wanted, ListingPage page) =>
        wanted.MaxKeys == 0 ? default : bucket.Source.List(wanted, page);

    private static S3Xml Begin(S3Request request, S3Bucket bucket, ListingText text, int maxKeys)
    {
        S3Xml head = new S3Xml().Open("ListBucketResult", isRoot: true).Element("Name", bucket.Name);
        Key(head, "Prefix", text, request.Query.Bytes("prefix") ?? []);
        head.Element("MaxKeys", maxKeys);
        if (request.Query.Bytes("delimiter") is { Length: > 0 } delimiter)
            Key(head, "Delimiter", text, delimiter);
        if (text.IsEncoded)
            head.Element("EncodingType", "url");
        return head;
    }

    private static void Key(S3Xml head, string name, ListingText text, ReadOnlySpan<byte> key)
    {
        head.Open(name);
        text.Write(head, key);
        head.Close(name);
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
    private static string Token(in ListingEnd page) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(page.LastIsCommonPrefix ? "1>?" : "0>?")) + Convert.ToBase64String(page.Last.Span);

    private static ObjectListingRequest Continue(ObjectListingRequest wanted, string token)
    {
        byte[] after = new byte[token.Length];
        if (token.Length < 4 || token[..4] is not ("MT4/" or "MD4/") || !Convert.TryFromBase64Chars(token.AsSpan(4), after, out int length))
            throw S3Exception.InvalidArgument("The continuation token provided is incorrect");
        return wanted with { After = after.AsMemory(0, length), AfterIsCommonPrefix = token[..4] == "MT4/" };
    }
}
