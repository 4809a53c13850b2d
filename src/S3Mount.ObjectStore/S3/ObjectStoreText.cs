using System.Text;

namespace S3Mount.ObjectStore.S3;

/// <summary>Text from outside, made fit for one line of a log: short, without control characters and passwords of URLs.</summary>
internal static class ObjectStoreText
{
    // A line of a log stays readable; the codes and messages of S3 are shorter.
    private const int MaxLength = 300;

    public static string OneLine(string text)
    {
        ReadOnlySpan<char> kept = UrlText.Redact(text).AsSpan().Trim();
        if (kept.Length > MaxLength)
            kept = kept[..MaxLength];
        var line = new StringBuilder(kept.Length);
        foreach (Rune rune in kept.EnumerateRunes())
            line.Append(Rune.IsControl(rune) ? new Rune(' ') : rune);
        return line.ToString();
    }
}
