using S3Mount.Testing;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests.Stores;

/// <summary>Where a store is and with what it is asked.</summary>
internal sealed record StoreAddress(string Url, string? AccessKey, string? SecretKey, string Region = "us-east-1")
{
    public static StoreAddress Of(RadosGateway gateway) => new(gateway.Url, RadosGateway.AccessKey, RadosGateway.SecretKey);

    public static StoreAddress Of(S3TestServer server) => new(server.Url, S3ServerOptions.DefaultAccessKey, S3ServerOptions.DefaultSecretKey);

    /// <summary>Of ~/.aws; empty unless a test has one.</summary>
    public string ConfigFile { get; init; } = "/dev/null";

    /// <summary>What a program finds in its environment: these keys and no others, wherever the tests run.</summary>
    public Dictionary<string, string?> Environment => new()
    {
        ["AWS_ACCESS_KEY_ID"] = AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = SecretKey,
        ["AWS_REGION"] = Region,
        ["AWS_CONFIG_FILE"] = ConfigFile,
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };
}
