using System.Globalization;
using System.Text;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server;

/// <summary>
/// Hands out credentials as a container's agent does at <c>/creds</c> ("Container credential provider", AWS SDKs and Tools Reference
/// Guide), as a machine's metadata does below <c>/latest</c> (instance metadata, version 2), and as STS does at <c>/</c>
/// (AssumeRoleWithWebIdentity). Any thread.
/// </summary>
public sealed class CredentialEndpoint : IAsyncDisposable
{
    private const string Role = "training-node";
    private const string RolePath = "/latest/meta-data/iam/security-credentials/";

    private readonly HttpServer _http;
    private int _requests;

    public CredentialEndpoint()
    {
        _http = new HttpServer(0, TimeProvider.System, null, (request, _) => ValueTask.FromResult(Answer(request)));
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_http.Port}");
    }

    /// <summary>Without a slash at its end.</summary>
    public string Url { get; }

    /// <summary>What is handed out from now on; null answers 503. Without an end of their own they are said to last an hour.</summary>
    public S3Credentials? Current { get; set; }

    public int Requests => Volatile.Read(ref _requests);

    public ValueTask DisposeAsync() => _http.DisposeAsync();

    private ServerResponse Answer(ServerRequest request)
    {
        Interlocked.Increment(ref _requests);
        if (Current is not { } credentials)
            return Text(503, "text/plain", "later");
        string expires = (credentials.Expires ?? DateTimeOffset.UtcNow.AddHours(1)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return request.Target.Split('?')[0] switch
        {
            "/creds" or RolePath + Role => Text(200, "application/json", Json(credentials, expires)),
            "/latest/api/token" => Text(200, "text/plain", "metadata-token", ("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600")),
            RolePath => Text(200, "text/plain", Role),
            "/latest/meta-data/iam/info" => Text(
                200, "application/json",
                "{\"Code\":\"Success\",\"LastUpdated\":\"2026-01-01T00:00:00Z\",\"InstanceProfileArn\":\"arn:aws:iam::123456789012:instance-profile/p\",\"InstanceProfileId\":\"A\"}"),
            "/" => Text(200, "text/xml", Xml(credentials, expires)),
            _ => Text(404, "text/plain", "no such path"),
        };
    }

    private static string Json(S3Credentials credentials, string expires) =>
        $$"""{"Code":"Success","Type":"AWS-HMAC","LastUpdated":"2026-01-01T00:00:00Z","AccessKeyId":"{{credentials.AccessKey}}","SecretAccessKey":"{{credentials.SecretKey}}","Token":"{{credentials.SessionToken}}","Expiration":"{{expires}}"}""";

    private static string Xml(S3Credentials credentials, string expires) =>
        "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleWithWebIdentityResult>"
        + "<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/r/s3mount</Arn><AssumedRoleId>A:s3mount</AssumedRoleId></AssumedRoleUser>"
        + $"<Credentials><AccessKeyId>{credentials.AccessKey}</AccessKeyId><SecretAccessKey>{credentials.SecretKey}</SecretAccessKey><SessionToken>{credentials.SessionToken}</SessionToken><Expiration>{expires}</Expiration></Credentials>"
        + "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";

    private static ServerResponse Text(int status, string type, string text, params (string Name, string Value)[] headers)
    {
        var response = new ServerResponse(status, Encoding.UTF8.GetBytes(text));
        response.Headers.Add("Content-Type", type);
        foreach ((string name, string value) in headers)
            response.Headers.Add(name, value);
        return response;
    }
}
