namespace S3Mount.ObjectStore.S3;

/// <summary>The environment as the settings see it: a seam, so that tests need not change the process's own.</summary>
internal sealed class S3Environment(Func<string, string?> variable)
{
    public static S3Environment OfProcess { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Null when it is not set or empty, which the AWS CLI does not tell apart either.</summary>
    public string? this[string name] => variable(name) is { Length: > 0 } value ? value : null;

    public bool IsTrue(string name) => string.Equals(this[name], "true", StringComparison.OrdinalIgnoreCase);

    public string CredentialsFile => this["AWS_SHARED_CREDENTIALS_FILE"] ?? Path.Combine(Home, ".aws", "credentials");

    public string ConfigFile => this["AWS_CONFIG_FILE"] ?? Path.Combine(Home, ".aws", "config");

    private string Home => this["HOME"] ?? "/";
}
