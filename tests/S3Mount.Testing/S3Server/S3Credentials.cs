namespace S3Mount.Testing.S3Server;

/// <summary>What a client may sign with.</summary>
/// <param name="SessionToken">Must come with each request when there is one.</param>
/// <param name="Expires">From then on requests get ExpiredToken.</param>
public sealed record S3Credentials(string AccessKey, string SecretKey, string? SessionToken = null, DateTimeOffset? Expires = null);
