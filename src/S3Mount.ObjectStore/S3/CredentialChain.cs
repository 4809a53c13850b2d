using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Credentials from where the AWS CLI looks for them, in its order: the profile that was asked for, the environment, a web
/// identity, the profile of the environment, a container, the machine. Built from the SDK's providers one by one: its own default
/// chain keeps its result, and watchers on the files, for the whole process.
/// </summary>
internal sealed class CredentialChain(S3StoreOptions options, AwsProfile profile, S3Services services) : ICredentialSource
{
    private const string Advice =
        "run 'aws configure', set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile, or use --no-sign-request for a public bucket";

    // Instance metadata answers within milliseconds, and the AWS CLI gives it one second; the SDK would try for half a minute.
    private static readonly TimeSpan _metadataDeadline = TimeSpan.FromSeconds(5);

    private readonly S3Environment _environment = services.Environment;
    private AWSCredentials? _provider;
    // Of the files that the last ones came from; null: they came from elsewhere.
    private volatile string? _contents;

    /// <summary>Where the last ones came from, for people; null before the first.</summary>
    public string? Source { get; private set; }

    public bool HasChanged() => _contents is { } contents && Contents() is { } found && found != contents;

    public async Task<AwsCredentials> FetchAsync(bool anew, CancellationToken cancellationToken)
    {
        // Without the SDK: loading it costs a tenth of a second, and there is nothing to find out.
        if (options.Profile is null && FromEnvironment() is { } fromEnvironment)
        {
            Source = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
            return fromEnvironment;
        }
        // A provider that was built anew reads its files again and forgets what was refused.
        if (anew)
            _provider = null;
        // Before they are read: what changes meanwhile is seen the next time. Until then half a file may have been read.
        string? contents = profile.Exists ? Contents() : null;
        try
        {
            AWSCredentials provider = _provider ??= await FindAsync(cancellationToken);
            ImmutableCredentials keys = await provider.GetCredentialsAsync();
            DateTimeOffset? expiresAt = provider.Expiration is { } expiration ? new DateTimeOffset(expiration.ToUniversalTime(), TimeSpan.Zero) : null;
            _contents = contents;
            return Create(keys.AccessKey, keys.SecretKey, keys.Token, expiresAt);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or ObjectStoreException))
        {
            // The providers of the SDK throw what they meet: HTTP, files, JSON, argument errors. It is not kept: some logs tell all.
            throw new ObjectStoreException(
                ObjectStoreFailure.NoCredentials,
                $"the credentials cannot be had: {CredentialFailure.Describe(exception)}; check the profile '{profile.Name}', or {Advice}");
        }
    }

    // Not the times: a file that is renamed over another, or a link that is turned elsewhere, may be older. Null: not to be read now.
    private string? Contents()
    {
        var digest = new StringBuilder();
        foreach (string file in (ReadOnlySpan<string>)[_environment.CredentialsFile, _environment.ConfigFile])
        {
            try
            {
                digest.Append(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))).Append(' ');
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                digest.Append("- ");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
        return digest.ToString();
    }

    private AwsCredentials? FromEnvironment() =>
        _environment["AWS_ACCESS_KEY_ID"] is { } accessKey && _environment["AWS_SECRET_ACCESS_KEY"] is { } secretKey
            ? Create(accessKey, secretKey, _environment["AWS_SESSION_TOKEN"], null)
            : null;

    // A line end that slipped into a variable or a file would break the header.
    private static AwsCredentials Create(string accessKey, string secretKey, string? token, DateTimeOffset? expiresAt) =>
        new(accessKey.Trim(), secretKey.Trim(), string.IsNullOrWhiteSpace(token) ? null : token.Trim(), expiresAt);

    private async Task<AWSCredentials> FindAsync(CancellationToken cancellationToken)
    {
        (string source, AWSCredentials? provider) = options.Profile is not null
            ? ($"profile {profile.Name}", FromProfile())
            : FromSettings();
        if (provider is null && options.Profile is null && !_environment.IsTrue("AWS_EC2_METADATA_DISABLED"))
            (source, provider) = ("instance metadata", await FromMachineAsync(cancellationToken));
        if (provider is null)
            throw new ObjectStoreException(ObjectStoreFailure.NoCredentials, options.Profile is null ? $"no credentials were found: {Advice}" : $"the profile '{profile.Name}' has no credentials: {Advice}");
        services.Logger.CredentialsFound(source);
        Source = source;
        return provider;
    }

    private (string Source, AWSCredentials? Provider) FromSettings()
    {
        if (_environment["AWS_WEB_IDENTITY_TOKEN_FILE"] is { } tokenFile && _environment["AWS_ROLE_ARN"] is { } role)
            return ("a web identity", new AssumeRoleWithWebIdentityCredentials(tokenFile, role, _environment["AWS_ROLE_SESSION_NAME"] ?? "s3mount"));
        if (profile.Exists && FromProfile() is { } fromProfile)
            return ($"profile {profile.Name}", fromProfile);
        if (_environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] is not null || _environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] is not null)
            return ("the container", new GenericContainerCredentials());
        return ("", null);
    }

    // Null when the profile has only settings.
    private AWSCredentials? FromProfile()
    {
        // The SDK finds the config file by AWS_CONFIG_FILE, or beside the credentials file.
        var files = new CredentialProfileStoreChain(_environment.CredentialsFile);
        return files.TryGetProfile(profile.Name, out CredentialProfile found) && found.CanCreateAWSCredentials
            ? AWSCredentialsFactory.GetAWSCredentials(found, found.CredentialProfileStore)
            : null;
    }

    private async Task<AWSCredentials?> FromMachineAsync(CancellationToken cancellationToken)
    {
        using var deadline = new TryClock(_metadataDeadline, services.TimeProvider, cancellationToken);
        try
        {
            // Its constructor asks for the role, and blocks meanwhile: its thread is left to it when the deadline has passed.
            return await Task.Run(() => new InstanceProfileAWSCredentials(), deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectStoreException(ObjectStoreFailure.NoCredentials, $"no credentials were found (instance metadata does not answer): {Advice}");
        }
    }
}
