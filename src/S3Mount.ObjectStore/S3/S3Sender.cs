using System.Globalization;
using System.Reflection;

namespace S3Mount.ObjectStore.S3;

/// <summary>Makes one HTTP request of one try, signs it and sends it. Any thread.</summary>
internal sealed class S3Sender(HttpMessageInvoker http, S3Target target, bool requesterPays)
{
    private static readonly string _userAgent = $"s3mount/{typeof(S3Sender).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0"}";

    private readonly SigV4Signer _signer = new();

    /// <summary>Sends, and completes when the headers of the answer are there.</summary>
    /// <param name="credentials">Null: the request carries no signature.</param>
    public Task<HttpResponseMessage> SendAsync(S3Operation operation, S3Endpoint endpoint, AwsCredentials? credentials, CancellationToken cancellationToken)
    {
        HttpMethod method = operation.Kind == S3OperationKind.Head ? HttpMethod.Head : HttpMethod.Get;
        string path = endpoint.PathOf(operation.PathKey);
        var message = new HttpRequestMessage(method, endpoint.AddressOf(path, operation.Query))
        {
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        var headers = new SignedHeaders();
        operation.AddHeaders(ref headers);
        if (requesterPays)
            headers.Add("x-amz-request-payer", "requester");
        string? authorization = credentials is null ? null : Sign(method, path, operation.Query, ref headers, endpoint, credentials);

        // Host is added by the handler, from the address; it is first in the signature only.
        for (int i = 0; i < headers.Count; i++)
        {
            if (headers[i].Name != "host")
                message.Headers.TryAddWithoutValidation(headers[i].Name, headers[i].Value);
        }
        if (authorization is not null)
            message.Headers.TryAddWithoutValidation("Authorization", authorization);
        message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        message.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        return http.SendAsync(message, cancellationToken);
    }

    private string Sign(HttpMethod method, string path, string query, ref SignedHeaders headers, S3Endpoint endpoint, AwsCredentials credentials)
    {
        string amzDate = target.Now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        headers.Add("host", endpoint.Authority);
        headers.Add("x-amz-content-sha256", SigV4Signer.EmptyBodyHash);
        headers.Add("x-amz-date", amzDate);
        if (credentials.SessionToken is { } token)
            headers.Add("x-amz-security-token", token);
        return _signer.Sign(method.Method, path, query, headers, amzDate, credentials, endpoint.Region);
    }
}
