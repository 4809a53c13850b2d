namespace S3Mount.ObjectStore.S3;

/// <summary>Keys to sign with.</summary>
/// <param name="SessionToken">Sent as x-amz-security-token; null for long-lived keys.</param>
/// <param name="ExpiresAt">When the store will stop accepting them; null: not known, or never.</param>
internal sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken, DateTimeOffset? ExpiresAt = null)
{
    // A record's ToString would print the secret into whatever log meets it.
    public override string ToString() => $"AwsCredentials {{ AccessKeyId = {AccessKeyId} }}";
}
