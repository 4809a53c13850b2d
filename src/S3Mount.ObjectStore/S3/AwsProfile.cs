namespace S3Mount.ObjectStore.S3;

/// <summary>What the profile says of region and endpoint, config and credentials file taken together as the AWS CLI does.</summary>
internal sealed class AwsProfile
{
    private const string DefaultName = "default";

    private readonly Dictionary<string, string> _settings = [];
    private readonly AwsConfigFile _config;

    private AwsProfile(string name, bool isNamed, AwsConfigFile config, AwsConfigFile credentials)
    {
        (Name, IsNamed, _config) = (name, isNamed, config);
        // [default] needs no "profile" before it in the config file; in the credentials file no name does.
        Merge(config[name == DefaultName ? DefaultName : $"profile {name}"]);
        if (name == DefaultName)
            Merge(config[$"profile {name}"]);
        Merge(credentials[name]);
        Problems = [.. new[] { config.Problem, credentials.Problem }.OfType<string>()];
    }

    public string Name { get; }

    /// <summary>Asked for by --profile or AWS_PROFILE: then it must exist.</summary>
    public bool IsNamed { get; }

    public bool Exists { get; private set; }

    /// <summary>The files that could not be read, and why: what they say is missing here.</summary>
    public IReadOnlyList<string> Problems { get; }

    public string? Region => this["region"];

    public string? CaBundle => this["ca_bundle"];

    public string? AddressingStyle => this["s3.addressing_style"];

    public bool UseDualStack => IsTrue("use_dualstack_endpoint") || IsTrue("s3.use_dualstack_endpoint");

    public bool UseFips => IsTrue("use_fips_endpoint");

    public bool IgnoresConfiguredEndpoints => IsTrue("ignore_configured_endpoint_urls");

    /// <summary>The services section that the profile names comes first, then the profile's own endpoint.</summary>
    public string? EndpointUrl =>
        (this["services"] is { } services ? _config[$"services {services}"]?.GetValueOrDefault("s3.endpoint_url") : null) ?? this["endpoint_url"];

    public static AwsProfile Load(string? asked, S3Environment environment)
    {
        string? name = asked ?? environment["AWS_PROFILE"];
        return new AwsProfile(name ?? DefaultName, name is not null, AwsConfigFile.Load(environment.ConfigFile), AwsConfigFile.Load(environment.CredentialsFile));
    }

    private string? this[string setting] => _settings.TryGetValue(setting, out string? value) && value.Length > 0 ? value : null;

    private bool IsTrue(string setting) => string.Equals(this[setting], "true", StringComparison.OrdinalIgnoreCase);

    private void Merge(IReadOnlyDictionary<string, string>? section)
    {
        if (section is null)
            return;
        Exists = true;
        foreach ((string setting, string value) in section)
            _settings[setting] = value;
    }
}
