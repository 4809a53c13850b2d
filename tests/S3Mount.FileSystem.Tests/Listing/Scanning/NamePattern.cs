using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>Ways in which people name the files of one directory; each name of a pattern occurs once.</summary>
internal static class NamePattern
{
    private static readonly string[] _syllables =
    [
        "ba", "ber", "con", "da", "de", "el", "en", "fi", "gra", "ho", "in", "ka", "le", "ma", "mi", "nor", "o", "pre", "qua", "re", "sa",
        "sta", "ti", "tor", "un", "ver", "wi", "xe", "ya", "zu",
    ];

    public static string[] All { get; } =
    [
        "padded", "padded from 1, with an ending", "unpadded", "unpadded with an ending", "hex", "uuid", "dates", "dates, a few a day", "words", "words behind a long prefix",
        "latin", "chinese", "emoji", "cluster at the end", "two clusters", "mixed case", "base64",
    ];

    public static IEnumerable<byte[]> Names(string pattern, int count) =>
        Enumerable.Range(0, count).Select(i => Name(pattern, i, count)).Distinct().Select(Encoding.UTF8.GetBytes);

    private static string Name(string pattern, int i, int count) => pattern switch
    {
        "padded" => Text($"img{i:d8}"),
        "padded from 1, with an ending" => Text($"n01440764_{i + 1:d6}.JPEG"),
        "unpadded" => Text($"img{i}"),
        "unpadded with an ending" => Text($"img{i + 1}.jpg"),
        "hex" => Hash(i)[..32],
        "uuid" => Uuid(Hash(i)),
        "dates" => Text($"{new DateTime(2019, 3, 7, 0, 0, 0, DateTimeKind.Utc).AddSeconds(i * 37L):yyyy-MM-dd'T'HH-mm-ss}.log"),
        "dates, a few a day" => Text($"{new DateTime(1990, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(i * 11000L / count):yyyy-MM-dd}-{Hash(i)[..6]}-{i}.nc"),
        "words" => Words(i),
        "words behind a long prefix" => "experiment-large-batch_run-of-the-year_sample-" + Words(i),
        "latin" => Text($"größe-{(char)('à' + (i % 24))}{(char)('à' + (i / 24 % 24))}-{i:d7}"),
        "chinese" => Text($"{Letter(i, 0)}{Letter(i, 1)}{Letter(i, 2)}{i % 10}"),
        "emoji" => Text($"{char.ConvertFromUtf32(0x1F600 + (int)(Number(i, 0) % 64))}{char.ConvertFromUtf32(0x1F300 + (int)(Number(i, 1) % 512))}{i:x}"),
        "cluster at the end" => i < count / 50 ? Hash(i)[..16] : Text($"zz-final/{i:d9}").Replace('/', '-'),
        "two clusters" => Text($"{(i % 2 == 0 ? "alpha" : "omega")}-{Hash(i / 2)[..12]}"),
        "mixed case" => Text($"{(char)((i % 2 == 0 ? 'A' : 'a') + (i / 2 % 26))}{Hash(i)[..8]}"),
        "base64" => Convert.ToBase64String(SHA256.HashData(BitConverter.GetBytes(i)))[..16].Replace('/', '_'),
        _ => throw new ArgumentException(pattern, nameof(pattern)),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Hash(int i) => Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i)));

    private static string Uuid(string hash) => $"{hash[..8]}-{hash[8..12]}-4{hash[13..16]}-{"89ab"[hash[16] % 4]}{hash[17..20]}-{hash[20..32]}";

    private static uint Number(int i, int which) => BitConverter.ToUInt32(SHA256.HashData(BitConverter.GetBytes(i)), which * 4);

    private static char Letter(int i, int which) => (char)(0x4E00 + (Number(i, which) % 5000));

    // A few syllables are much more frequent than others, as in a language.
    private static string Words(int i)
    {
        var text = new StringBuilder();
        for (int which = 0; which < 6; which++)
        {
            double at = Number(i, which) / (double)uint.MaxValue;
            text.Append(_syllables[(int)(at * at * (_syllables.Length - 1))]).Append(which == 2 ? "-" : "");
        }
        return text.Append(CultureInfo.InvariantCulture, $"_{i % 1000}").ToString();
    }
}
