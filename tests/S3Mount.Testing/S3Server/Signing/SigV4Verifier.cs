using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace S3Mount.Testing.S3Server.Signing;

/// <summary>
/// Checks signatures of version 4 as S3 does: the canonical request is built from the unescaped target, so a client that escapes
/// wrongly is found out. Written from the S3 API's description, apart from the store that it tests. Any thread.
/// </summary>
internal sealed class SigV4Verifier(IReadOnlyDictionary<string, S3Credentials> credentials, Func<DateTimeOffset> now)
{
    // S3 API, RequestTimeTooSkewed.
    private static readonly TimeSpan _maxSkew = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<(string SecretKey, string Date, string Region), byte[]> _signingKeys = new();

    /// <summary>Throws what S3 would answer when the signature does not hold.</summary>
    public void Verify(S3Request request, SigV4Authorization authorization)
    {
        if (!credentials.TryGetValue(authorization.AccessKey, out S3Credentials? known))
        {
            throw new S3Exception(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
            {
                Details = [("AWSAccessKeyId", authorization.AccessKey)],
            };
        }
        string date = CheckDate(request, authorization);
        CheckSignedHeaders(request, authorization);
        string payloadHash = request.Headers["x-amz-content-sha256"]
            ?? throw new S3Exception(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256");

        string canonicalRequest = Canonical(request, authorization, payloadHash);
        string toSign = SigV4Key.StringToSign(canonicalRequest, date, authorization.Scope);
        string expected = SigV4Key.Sign(SigningKey(known, authorization), toSign);
        if (expected != authorization.Signature)
        {
            throw new S3Exception(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
            {
                Details = [("AWSAccessKeyId", authorization.AccessKey), ("StringToSign", toSign), ("SignatureProvided", authorization.Signature), ("CanonicalRequest", canonicalRequest)],
            };
        }
        CheckToken(request, known);
    }

    private string CheckDate(S3Request request, SigV4Authorization authorization)
    {
        string? text = request.Headers["x-amz-date"];
        const string Form = "yyyyMMdd'T'HHmmss'Z'";
        if (text is null && DateTimeOffset.TryParseExact(request.Headers["Date"], "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset httpDate))
            text = httpDate.ToString(Form, CultureInfo.InvariantCulture);
        if (!DateTimeOffset.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date))
            throw S3Exception.AccessDenied("AWS authentication requires a valid Date or x-amz-date header");
        if ((date - now()).Duration() > _maxSkew)
        {
            throw new S3Exception(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
            {
                Details = [("RequestTime", text!), ("ServerTime", now().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)), ("MaxAllowedSkewMilliseconds", "900000")],
            };
        }
        if (!text!.StartsWith(authorization.Date, StringComparison.Ordinal))
            throw new S3Exception(400, "AuthorizationHeaderMalformed", "The authorization header is malformed; Invalid credential date.");
        return text;
    }

    private static void CheckSignedHeaders(S3Request request, SigV4Authorization authorization)
    {
        if (!authorization.SignedHeaders.Contains("host"))
            throw S3Exception.AccessDenied("There were headers present in the request which were not signed: host");
        foreach (KeyValuePair<string, string> header in request.Headers)
        {
            string name = header.Key.ToLowerInvariant();
            if (name.StartsWith("x-amz-", StringComparison.Ordinal) && !authorization.SignedHeaders.Contains(name))
                throw S3Exception.AccessDenied($"There were headers present in the request which were not signed: {name}");
        }
    }

    private void CheckToken(S3Request request, S3Credentials known)
    {
        string? token = request.Headers["x-amz-security-token"];
        if (known.SessionToken is not null && token is null)
            throw new S3Exception(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
        if (known.SessionToken != token)
            throw new S3Exception(400, "InvalidToken", "The provided token is malformed or otherwise invalid.");
        if (known.Expires <= now())
            throw new S3Exception(400, "ExpiredToken", "The provided token has expired.");
    }

    private static string Canonical(S3Request request, SigV4Authorization authorization, string payloadHash)
    {
        var text = new StringBuilder(512);
        text.Append(request.Method).Append('\n');
        PercentEncoding.AppendCanonical(text, request.DecodedPath, keepSlashes: true);
        text.Append('\n').Append(CanonicalQuery(request.Query)).Append('\n');
        foreach (string name in authorization.SignedHeaders)
            text.Append(name).Append(':').AppendJoin(',', request.Headers.All(name).Select(Collapse)).Append('\n');
        text.Append('\n').AppendJoin(';', authorization.SignedHeaders).Append('\n').Append(payloadHash);
        return text.ToString();
    }

    private static string CanonicalQuery(S3Query query)
    {
        if (query.Parameters.Count == 0)
            return "";
        var pairs = new List<(string Name, string Value)>();
        foreach ((string name, byte[] value) in query.Parameters)
            pairs.Add((Escape(Encoding.UTF8.GetBytes(name)), Escape(value)));
        pairs.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name) is not 0 and var order ? order : string.CompareOrdinal(left.Value, right.Value));
        return string.Join('&', pairs.Select(pair => $"{pair.Name}={pair.Value}"));
    }

    private static string Escape(byte[] bytes)
    {
        var text = new StringBuilder(bytes.Length);
        PercentEncoding.AppendCanonical(text, bytes, keepSlashes: false);
        return text.ToString();
    }

    // Runs of spaces count as one.
    private static string Collapse(string value) =>
        value.Contains("  ", StringComparison.Ordinal) ? string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : value.Trim(' ');

    private byte[] SigningKey(S3Credentials known, SigV4Authorization authorization) =>
        _signingKeys.GetOrAdd((known.SecretKey, authorization.Date, authorization.Region), static parts => SigV4Key.Derive(parts.SecretKey, parts.Date, parts.Region));
}
