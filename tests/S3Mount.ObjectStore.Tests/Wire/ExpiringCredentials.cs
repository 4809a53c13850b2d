using System.Threading.Channels;
using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>Credentials that are good for a while from when they are given, from a source that can be out of reach.</summary>
internal sealed class ExpiringCredentials(TimeProvider time, TimeSpan lifetime) : ICredentialSource
{
    private readonly Channel<int> _fetched = Channel.CreateUnbounded<int>();
    private int _fetches;

    public int Fetches => Volatile.Read(ref _fetches);

    public int FailuresToCome { get; set; }

    public Task<AwsCredentials> FetchAsync(bool anew, CancellationToken cancellationToken)
    {
        _fetched.Writer.TryWrite(Interlocked.Increment(ref _fetches));
        if (FailuresToCome > 0)
        {
            FailuresToCome--;
            throw new ObjectStoreException(ObjectStoreFailure.NoCredentials, "the source is out of reach");
        }
        return Task.FromResult(new AwsCredentials($"KEY{_fetches}", "secret", "token", time.GetUtcNow() + lifetime));
    }

    public async Task WaitForFetchesAsync(int count, CancellationToken cancellationToken)
    {
        while (Fetches < count)
            await _fetched.Reader.ReadAsync(cancellationToken);
    }
}
