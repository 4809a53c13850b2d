namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Region and endpoint in the order of the AWS CLI (AWS SDKs and Tools Reference Guide, "AWS Region" and "Service-specific
/// endpoints"): option, environment, profile, the machine, default.
/// </summary>
internal sealed class S3SettingsResolver(S3StoreOptions options, S3Services services)
{
    private const string DefaultRegion = "us-east-1";

    // Instance metadata answers within milliseconds where there is any; the AWS CLI gives it one second too.
    private static readonly TimeSpan _metadataDeadline = TimeSpan.FromSeconds(1);

    private readonly S3Environment _environment = services.Environment;

    /// <exception cref="ObjectStoreException">Rejected, or NoCredentials for a profile that does not exist.</exception>
    public async Task<S3Settings> ResolveAsync(CancellationToken cancellationToken)
    {
        AwsProfile profile = AwsProfile.Load(options.Profile, _environment);
        if (profile is { IsNamed: true, Exists: false })
        {
            string unread = string.Concat(profile.Problems.Select(problem => $" ({problem})"));
            throw new ObjectStoreException(
                ObjectStoreFailure.NoCredentials,
                $"there is no profile '{ObjectStoreText.OneLine(profile.Name)}' in {_environment.ConfigFile} or {_environment.CredentialsFile}{unread}: check --profile and AWS_PROFILE");
        }
        if (profile.Problems.Count > 0)
            services.Logger.ConfigIgnored(string.Join("; ", profile.Problems));
        bool pathStyle = options.ForcePathStyle || profile.AddressingStyle == "path";
        string? caBundle = options.CaBundle ?? _environment["AWS_CA_BUNDLE"] ?? profile.CaBundle;
        (string regionSource, string? region) = ConfiguredRegion(profile);
        if (EndpointUrl(profile) is (string source, string url))
        {
            Uri address = ParseEndpoint(source, url);
            bool needsPathStyle = S3Endpoint.NeedsPathStyle(address, options.Bucket, pathStyle);
            return new S3Settings(S3Endpoint.ForCustom(address, options.Bucket, region ?? DefaultRegion, needsPathStyle), null, profile, caBundle)
            {
                EndpointSource = source,
                RegionSource = regionSource,
            };
        }
        var endpoints = new AwsEndpoints(
            options.Bucket,
            pathStyle || !BucketName.IsHostLabel(options.Bucket),
            _environment.IsTrue("AWS_USE_DUALSTACK_ENDPOINT") || profile.UseDualStack,
            _environment.IsTrue("AWS_USE_FIPS_ENDPOINT") || profile.UseFips);
        if (region is null && await MachineRegionAsync(cancellationToken) is { } found)
            (regionSource, region) = ("instance metadata", found);
        return new S3Settings(endpoints.For(region ?? DefaultRegion), endpoints, profile, caBundle) { EndpointSource = "AWS", RegionSource = regionSource };
    }

    private (string Source, string? Region) ConfiguredRegion(AwsProfile profile)
    {
        if (options.Region is { } option)
            return ("--region", option);
        foreach (string variable in (ReadOnlySpan<string>)["AWS_REGION", "AWS_DEFAULT_REGION"])
        {
            if (_environment[variable] is { } value)
                return (variable, value);
        }
        return profile.Region is { } region ? ($"profile '{ObjectStoreText.OneLine(profile.Name)}'", region) : ("the default", null);
    }

    private (string Source, string Url)? EndpointUrl(AwsProfile profile)
    {
        if (options.EndpointUrl is { } option)
            return ("--endpoint-url", option);
        if (_environment.IsTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") || profile.IgnoresConfiguredEndpoints)
            return null;
        foreach (string variable in (ReadOnlySpan<string>)["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])
        {
            if (_environment[variable] is { } value)
                return (variable, value);
        }
        return profile.EndpointUrl is { } url ? ($"endpoint_url of profile '{ObjectStoreText.OneLine(profile.Name)}'", url) : null;
    }

    private static Uri ParseEndpoint(string source, string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw Refused(source, url, "is not a URL; write http://HOST:PORT or https://HOST");
        // A path is most often that of the bucket, which would then be asked for twice. No store below a path is supported.
        if (address.PathAndQuery != "/" || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
            throw Refused(source, url, $"has more than a host and a port; write {address.Scheme}://{address.Authority}");
        return address;
    }

    private static ObjectStoreException Refused(string source, string url, string why) =>
        new(ObjectStoreFailure.Rejected, $"{source}: '{ObjectStoreText.OneLine(UrlText.WithoutUserInfo(url))}' {why}");

    // Anonymous requests need no region of their own, and a bucket elsewhere says where it is.
    private async Task<string?> MachineRegionAsync(CancellationToken cancellationToken)
    {
        if (options.NoSignRequest || _environment.IsTrue("AWS_EC2_METADATA_DISABLED"))
            return null;
        using var deadline = new TryClock(_metadataDeadline, services.TimeProvider, cancellationToken);
        try
        {
            Func<CancellationToken, Task<string?>> ask = services.MachineRegion ?? AskMetadataAsync;
            return await ask(deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            services.Logger.NoRegionFromMetadata(ObjectStoreText.OneLine(exception.Message));
            return null;
        }
    }

    // The SDK blocks while it asks, and asks several times: its thread is left to it when the deadline has passed.
    private static Task<string?> AskMetadataAsync(CancellationToken cancellationToken) =>
        Task.Run(() => Amazon.Util.EC2InstanceMetadata.Region?.SystemName, cancellationToken);
}
