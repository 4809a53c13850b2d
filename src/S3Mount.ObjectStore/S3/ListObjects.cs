using System.Globalization;
using System.Text;

namespace S3Mount.ObjectStore.S3;

/// <summary>One page of ListObjectsV2.</summary>
internal sealed class ListObjects : S3Operation
{
    // A page of 1,000 keys of 1,024 bytes, each byte percent-encoded, with 600 bytes of other elements for each, is 3.7 MB; four
    // times that leaves room for stores with longer pages.
    private const int MaxPageSize = 16 * 1024 * 1024;

    private readonly ListPageRequest _request;

    public ListObjects(in ListPageRequest request)
    {
        _request = request;
        Query = BuildQuery(request);
    }

    public override S3OperationKind Kind => S3OperationKind.List;

    public override ObjectKey Key => _request.Prefix;

    public override ObjectKey PathKey => default;

    public override string Query { get; }

    /// <summary>Set once the operation has succeeded.</summary>
    public ListPage? Page { get; private set; }

    public override async ValueTask<S3Error?> TakeAsync(HttpResponseMessage response, TryClock clock)
    {
        using BoundedBody body = await BoundedBody.ReadAsync(response.Content, MaxPageSize, clock);
        if (body.IsCut)
            throw UnusableAnswerException.Malformed($"the list of objects is longer than {MaxPageSize} bytes");
        S3Error? error;
        try
        {
            Page = ListPageParser.Parse(body.Span, out error);
        }
        catch (InvalidDataException exception)
        {
            throw UnusableAnswerException.Malformed(exception.Message);
        }
        if (Page is not null)
            Check(Page);
        return error;
    }

    // A store that ignores the prefix or repeats itself would show what was not asked for, or never come to an end.
    private void Check(ListPage page)
    {
        ReadOnlySpan<byte> prefix = _request.Prefix.Span;
        foreach (ref readonly ListedObject listed in page.Objects.Span)
        {
            if (!page.KeyOf(listed).StartsWith(prefix))
                throw UnusableAnswerException.Malformed("the list has a key that does not begin with the prefix");
        }
        foreach (ref readonly ListedPrefix listed in page.CommonPrefixes.Span)
        {
            if (!page.KeyOf(listed).StartsWith(prefix))
                throw UnusableAnswerException.Malformed("the list has a common prefix that does not begin with the prefix");
        }
        if (page.NextContinuationToken is not null && page.NextContinuationToken == _request.ContinuationToken)
            throw UnusableAnswerException.Malformed("the list goes on with the same continuation token");
    }

    // In the order that the signature wants: by name.
    private static string BuildQuery(in ListPageRequest request)
    {
        var query = new StringBuilder(128);
        if (request.ContinuationToken is { } token)
            query.Append("continuation-token=").Append(PercentEncoding.EncodeQuery(Encoding.UTF8.GetBytes(token))).Append('&');
        if (request.Delimiter)
            query.Append("delimiter=%2F&");
        query.Append("encoding-type=url&list-type=2&");
        if (request.MaxKeys > 0)
            query.Append(CultureInfo.InvariantCulture, $"max-keys={request.MaxKeys}&");
        query.Append("prefix=").Append(PercentEncoding.EncodeQuery(request.Prefix.Span));
        if (request.StartAfter is { } startAfter)
            query.Append("&start-after=").Append(PercentEncoding.EncodeQuery(startAfter.Span));
        return query.ToString();
    }
}
