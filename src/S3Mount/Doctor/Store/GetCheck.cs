using System.Globalization;
using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Store;

/// <summary>Whether an object may be read.</summary>
internal sealed class GetCheck(Findings findings) : ICheck
{
    /// <summary>The head of a file: permission does not depend on how much is asked for.</summary>
    private const int Length = 4096;

    /// <summary>An object may have been replaced since it was listed; three in a row were not.</summary>
    private const int MostTried = 3;

    public CheckArea Area => CheckArea.Store;

    public string Name => "may read";

    public TimeSpan Deadline => TimeSpan.FromSeconds(35);

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Store is not { } opened)
            return CheckResult.Skipped("the bucket cannot be listed");
        ObjectSample sample = findings.Sample;
        if (sample.Objects.Count == 0)
        {
            return sample.Archived > 0
                ? CheckResult.Warning($"all of {Number(sample.Archived)} objects are archived ({sample.ArchivedClass})", "restore them before reading: aws s3api restore-object")
                : CheckResult.Skipped(sample.Listed > 0 ? "the objects that were listed are empty" : "there is no object");
        }
        SampleObject read = await ReadOneAsync(opened.Store, sample, cancellationToken).ConfigureAwait(false);
        findings.IsReadable = true;
        string found = $"{read.Key}, {Number(read.Version.Size)} bytes";
        return sample.Archived == 0
            ? CheckResult.Ok(found)
            : CheckResult.Warning($"{found}; but {Number(sample.Archived)} of {Number(sample.Listed)} objects are archived ({sample.ArchivedClass})", "restore those before reading: aws s3api restore-object");
    }

    private static async Task<SampleObject> ReadOneAsync(IObjectStore store, ObjectSample sample, CancellationToken cancellationToken)
    {
        for (int i = 0; ; i++)
        {
            SampleObject candidate = sample.Objects[i];
            try
            {
                byte[] destination = new byte[Math.Min(Length, candidate.Version.Size)];
                await store.ReadRangeAsync(candidate.Key, candidate.Version, 0, destination, null, cancellationToken).ConfigureAwait(false);
                return candidate;
            }
            catch (ObjectStoreException e) when (
                e.Failure is ObjectStoreFailure.NotFound or ObjectStoreFailure.PreconditionFailed && i + 1 < Math.Min(MostTried, sample.Objects.Count))
            {
                // Replaced or deleted meanwhile: the next one.
            }
        }
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
