using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>Ways in which people lay out the files of a dataset in directories; each key of a pattern occurs once.</summary>
internal static class TreePattern
{
    public static SortedKeys Keys(string pattern) => new(Names(pattern).Select(Encoding.UTF8.GetBytes)) { PageSize = PageSize };

    /// <summary>A quarter of a store's: trees of a quarter of the files have as many pages.</summary>
    public const int PageSize = 250;

    private static IEnumerable<string> Names(string pattern) => pattern switch
    {
        "300 classes of 1281" => Each(300 * 320, i => $"train/n{1440764 + (i / 320 * 40_009):d8}/n{1440764 + (i / 320 * 40_009):d8}_{i % 320 * 37}.JPEG"),
        "dates" => Each(50_000, i => $"{new DateTime(2019, 3, 7, 0, 0, 0, DateTimeKind.Utc).AddSeconds(i * 373L):yyyy/MM/dd/HH}/{Hash(i)}.json"),
        "30000 directories of 3" => Each(7_500 * 3, i => $"scenes/{Hash(i / 3)}/{i % 3}.png"),
        "20 directories of 30000" => Each(20 * 7_500, i => $"train/class{i / 7_500}/{i % 7_500:d6}.jpg"),
        "speech" => Each(30_000, i => $"train-clean/{i / 90}/{(i / 90 * 31) + (i % 90 / 30)}/{i / 90}-{i % 90 / 30}-{i % 30:d4}.flac"),
        "a flat one beside two small" => Each(25_000, i => $"images/{i:d8}.jpg").Concat(Each(50, i => $"docs/{i}.txt")).Concat(Each(50, i => $"labels/{i}.txt")),
        "one file a directory" => Each(20_000, i => $"{Hash(i)}/image.jpg"),
        "a file beside each directory" => Each(20_000, i => $"{Hash(i / 4)}{(i % 4 == 3 ? ".json" : $"/{i % 4}.jpg")}"),
        "a large directory before small ones" => Each(3_000, i => $"0/{i:d5}.jpg").Concat(Each(7_500 * 3, i => $"{Hash(i / 3)}/{i % 3}.png")),
        "small directories before large ones" => Each(2_000, i => $"0{Hash(i / 2)}/{i % 2}.png").Concat(Each(100_000, i => $"{1000 + (i / 1000)}/{i % 1000}.jpg")),
        _ => throw new ArgumentException(pattern, nameof(pattern)),
    };

    private static IEnumerable<string> Each(int count, Func<int, FormattableString> name) =>
        Enumerable.Range(0, count).Select(i => name(i).ToString(CultureInfo.InvariantCulture));

    private static string Hash(int i) => Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i)))[..12];
}
