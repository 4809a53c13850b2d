namespace S3Mount.ObjectStore.S3;

/// <summary>Where credentials come from. One call at a time.</summary>
internal interface ICredentialSource
{
    /// <summary>The credentials of now. May take long, and need not heed the token at once: callers have a deadline of their own.</summary>
    /// <param name="anew">The ones given last were refused: look everywhere again.</param>
    /// <exception cref="ObjectStoreException">NoCredentials.</exception>
    Task<AwsCredentials> FetchAsync(bool anew, CancellationToken cancellationToken);

    /// <summary>Whether what the last ones were read from has other contents now. May block.</summary>
    bool HasChanged() => false;
}
