using System.Buffers;
using S3Mount.CommandLine;

namespace S3Mount.Doctor;

/// <summary>The command line that mounts with what is recommended, ready for a shell.</summary>
internal static class MountLine
{
    /// <summary>What no shell gives a meaning.</summary>
    private static readonly SearchValues<char> _plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,");

    /// <param name="options">As they were given; what is recommended takes the place of the same option.</param>
    public static string Of(BucketText bucket, OptionValues options, IReadOnlyList<Recommendation> recommended)
    {
        string target = $"{bucket.Bucket}/{bucket.Prefix}".TrimEnd('/');
        List<string> words = ["s3mount", Verbs.Find(target) is null ? target : $"s3://{target}/", $"/mnt/{bucket.Bucket}"];
        foreach (OptionDefinition option in MountOptions.Store.Append(MountOptions.Cache).Where(options.Has))
        {
            if (option != MountOptions.Prefix && recommended.All(one => one.Option != option.LongName))
                Add(option.LongName, option.IsFlag ? null : options.Text(option));
        }
        foreach (Recommendation one in recommended)
            Add(one.Option, one.Value);
        return string.Join(' ', words.Select(Quote));

        void Add(string option, string? value)
        {
            words.Add(option);
            if (value is not null)
                words.Add(value);
        }
    }

    internal static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(_plain) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
