using S3Mount.Benchmarks.Clients;
using S3Mount.Testing.Synthetic;

namespace S3Mount.Benchmarks.Listings;

/// <summary>Who has found less than everything was not faster; and who has found something else, or something twice, is wrong.</summary>
internal static class ListingCheck
{
    /// <exception cref="BenchException"/>
    public static void Names(ListingScenario scenario, ClientResult result)
    {
        if (scenario.Kind == ListingKind.One)
        {
            Same("bytes", result.Bytes, SyntheticVersion.Of(System.Text.Encoding.UTF8.GetBytes(scenario.Tree.Prefix + scenario.Path)).Size);
            return;
        }
        Same("files", result.Files, scenario.Tree.Files);
        if (scenario.Kind != ListingKind.Names)
            Same("directories", result.Directories, scenario.Tree.Directories);
        if (scenario.Kind == ListingKind.Sizes)
            Same("bytes", result.Bytes, scenario.Tree.Bytes);
        if (result.Digest != scenario.Tree.Digest)
            throw new BenchException($"it gave {result.Files} files, but not those that are there");
    }

    public static void Counts(ListingScenario scenario, ClientResult result, bool hasDirectories)
    {
        Same("files", result.Files, scenario.Tree.Files);
        if (hasDirectories)
            Same("directories", result.Directories, scenario.Tree.Directories);
    }

    private static void Same(string what, long found, long expected)
    {
        if (found != expected)
            throw new BenchException($"it gave {found} {what}, not {expected}");
    }
}
