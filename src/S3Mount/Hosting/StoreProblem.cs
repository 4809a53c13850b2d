using S3Mount.ObjectStore;

namespace S3Mount.Hosting;

/// <summary>The one line for a store that could not be opened.</summary>
internal static class StoreProblem
{
    private const string Hint = "check --endpoint-url, --region and the network";

    /// <summary>The store says itself what to do, but not how this program is told where the store is.</summary>
    public static string Describe(ObjectStoreException exception) =>
        exception.Failure == ObjectStoreFailure.Unavailable ? $"{exception.Message}; {Hint}" : exception.Message;

    public static string DescribeTimeout(string url, TimeSpan deadline) =>
        $"the store of {url} did not answer within {deadline.TotalSeconds:0} s; {Hint}";
}
