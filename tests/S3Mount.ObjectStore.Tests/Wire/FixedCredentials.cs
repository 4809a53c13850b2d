using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>Gives one set of credentials after another; the last one again when there are no more.</summary>
internal sealed class FixedCredentials(params AwsCredentials[] sets) : ICredentialSource
{
    private int _given;

    public int Fetches { get; private set; }

    public Task<AwsCredentials> FetchAsync(bool anew, CancellationToken cancellationToken)
    {
        Fetches++;
        if (anew && _given < sets.Length - 1)
            _given++;
        return Task.FromResult(sets[_given]);
    }
}
