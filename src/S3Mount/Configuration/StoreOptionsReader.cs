using System.Globalization;
using S3Mount.CommandLine;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Configuration;

/// <summary>Where a bucket is and how it is asked, as every command that needs a store is told.</summary>
internal static class StoreOptionsReader
{
    /// <summary>More than any store gives one client; a guard against an extra digit.</summary>
    private const int MostConnections = 4096;

    /// <param name="text"><c>BUCKET[/PREFIX]</c>; the prefix may stand in <c>--prefix</c> instead.</param>
    /// <exception cref="UsageException">With what is wrong.</exception>
    public static BucketText ReadBucket(string text, OptionValues options)
    {
        BucketText bucket = BucketText.Parse(text);
        if (!options.Has(MountOptions.Prefix))
            return bucket;
        if (bucket.Prefix.Length > 0)
            throw new UsageException($"the prefix is given twice: '{text}' and {options.Spelling(MountOptions.Prefix)}; leave one out");
        return bucket with { Prefix = BucketText.ParsePrefix(options.Text(MountOptions.Prefix)!) };
    }

    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static S3StoreOptions Read(BucketText bucket, OptionValues options) => new()
    {
        Bucket = bucket.Bucket,
        Prefix = bucket.Prefix,
        Region = options.Read(MountOptions.Region, ParseName, null),
        EndpointUrl = options.Read(MountOptions.EndpointUrl, ParseUrl, null),
        Profile = options.Read(MountOptions.Profile, ParseName, null),
        NoSignRequest = options.Has(MountOptions.NoSignRequest),
        RequesterPays = options.Has(MountOptions.RequesterPays),
        ForcePathStyle = options.Has(MountOptions.ForcePathStyle),
        CaBundle = options.Read(MountOptions.CaBundle, ParseCaBundle, null),
        MaxConnections = options.Read(MountOptions.MaxConnections, ParseConnections, S3StoreOptions.DefaultMaxConnections),
        IoDeadline = options.Read(MountOptions.IoDeadline, DurationText.ParseDeadline, TimeSpan.FromMinutes(5)),
    };

    /// <returns>An absolute path.</returns>
    public static string ParseFile(string text) => text.Length > 0 ? Path.GetFullPath(text) : throw new FormatException("the file name is empty");

    private static string ParseName(string text) =>
        text.Length > 0 && !text.Any(char.IsWhiteSpace) ? text : throw new FormatException($"'{text}' is not a name; write one word");

    private static string ParseUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0)
            throw new FormatException($"'{UrlText.WithoutUserInfo(text)}' is not a URL; write http://HOST:PORT or https://HOST");
        // Nothing after the host has a place in a signed request; dropped in silence it would name another store.
        if (url.PathAndQuery != "/" || url.UserInfo.Length > 0)
            throw new FormatException($"'{UrlText.WithoutUserInfo(text)}' has more than a host and a port; write {url.Scheme}://{url.Authority}");
        return text;
    }

    private static int ParseConnections(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= MostConnections
            ? number
            : throw new FormatException($"'{text}' is not a number from 1 to {MostConnections}");

    private static string ParseCaBundle(string text)
    {
        string file = ParseFile(text);
        try
        {
            using FileStream stream = File.OpenRead(file);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{file} cannot be read: {FileProblem.Describe(e)}");
        }
    }
}
