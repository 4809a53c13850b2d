using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>Lets ListObjectsV2 go round for ever. It must take every page of the listing: its tokens tell nobody else anything.</summary>
public sealed partial record ListingLoopFault(ListingLoop Loop) : FaultEffect
{
    // Followed by the number of the page and by the token that the server itself would want there.
    private const string TokenStart = "loop.";

    /// <summary>Of a cycle; the listing must have as many.</summary>
    public int Pages { get; init; } = 2;

    internal override ValueTask BeforeAsync(S3Request request, CancellationToken cancellationToken)
    {
        (_, string token) = Parse(request);
        if (request.ContinuationToken is not null)
            request.ContinuationToken = Loop == ListingLoop.Cycle && token.Length > 0 ? token : null;
        return ValueTask.CompletedTask;
    }

    internal override void Alter(in FaultCase taken, ServerResponse response)
    {
        if (response.Status != 200 || response.Content is null)
            return;
        byte[] body = new byte[response.Length];
        response.Content.CopyTo(response.Offset, body);
        string page = Encoding.UTF8.GetString(body);
        string next = NextToken().Match(page) is { Success: true } match ? match.Groups[1].Value : "";
        page = NextToken().Replace(page, "");
        string truncated = "<IsTruncated>true</IsTruncated>";
        if (Loop != ListingLoop.NoToken)
            truncated += $"<NextContinuationToken>{TokenAfter(Parse(taken.Request).Page, next)}</NextContinuationToken>";
        response.SetBody(new Objects.BytesContent(Encoding.UTF8.GetBytes(IsTruncated().Replace(page, truncated, 1))));
    }

    private string TokenAfter(int page, string next)
    {
        int number = Loop switch
        {
            ListingLoop.SameToken => 0,
            ListingLoop.Cycle => next.Length > 0 ? (page + 1) % Pages : 0,
            _ => page + 1,
        };
        return string.Create(CultureInfo.InvariantCulture, $"{TokenStart}{number}.{(number > 0 && Loop == ListingLoop.Cycle ? next : "")}");
    }

    // Of the query: BeforeAsync has turned the request elsewhere.
    private static (int Page, string Token) Parse(S3Request request)
    {
        if (request.Query.Text("continuation-token") is not { } text || !text.StartsWith(TokenStart, StringComparison.Ordinal))
            return (0, "");
        string[] parts = text.Split('.', 3);
        return (int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
    }

    [GeneratedRegex("<NextContinuationToken>([^<]*)</NextContinuationToken>")]
    private static partial Regex NextToken();

    [GeneratedRegex("<IsTruncated>[^<]*</IsTruncated>")]
    private static partial Regex IsTruncated();
}
