using System.Text.RegularExpressions;

namespace S3Mount.Testing.S3Server.Signing;

/// <summary>The Authorization header of a signed request (S3 API, "Authenticating Requests: Using the Authorization Header").</summary>
internal sealed partial record SigV4Authorization(string AccessKey, string Date, string Region, string[] SignedHeaders, string Signature)
{
    public string Scope => $"{Date}/{Region}/s3/aws4_request";

    public static SigV4Authorization Parse(string header)
    {
        if (!header.StartsWith("AWS4-HMAC-SHA256", StringComparison.Ordinal))
            throw new S3Exception(400, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.");
        Match match = Form().Match(header);
        if (!match.Success)
            throw new S3Exception(400, "AuthorizationHeaderMalformed", "The authorization header is malformed; see the form of AWS4-HMAC-SHA256.");
        return new SigV4Authorization(
            match.Groups["key"].Value,
            match.Groups["date"].Value,
            match.Groups["region"].Value,
            match.Groups["headers"].Value.Split(';'),
            match.Groups["signature"].Value);
    }

    [GeneratedRegex("^AWS4-HMAC-SHA256 +Credential=(?<key>[^/,]+)/(?<date>[0-9]{8})/(?<region>[^/,]+)/s3/aws4_request *, *SignedHeaders=(?<headers>[^,]+?) *, *Signature=(?<signature>[0-9a-f]{64}) *$")]
    private static partial Regex Form();
}
