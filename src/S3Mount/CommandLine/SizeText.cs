using System.Globalization;

namespace S3Mount.CommandLine;

/// <summary>Sizes in bytes: <c>512MiB</c>, <c>2G</c>, <c>512m</c>, <c>1500MB</c> (decimal), <c>1048576</c>.</summary>
internal static class SizeText
{
    /// <exception cref="FormatException">With what is wrong and how to write it.</exception>
    public static long Parse(string text)
    {
        int digits = text.TakeWhile(char.IsAsciiDigit).Count();
        long factor = Factor(text[digits..].ToUpperInvariant());
        if (digits == 0 || factor == 0)
            throw new FormatException($"'{text}' is not a size; write 512MiB or 2GiB");
        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number > long.MaxValue / factor)
            throw new FormatException($"'{text}' is too large");
        return number * factor;
    }

    /// <summary>As <see cref="Parse"/> reads it, in the largest unit without a remainder.</summary>
    public static string Write(long size)
    {
        string[] units = ["", "KiB", "MiB", "GiB", "TiB"];
        int unit = 0;
        for (; unit < units.Length - 1 && size != 0 && size % 1024 == 0; unit++)
            size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{size}{units[unit]}");
    }

    private static long Factor(string unit) => unit switch
    {
        "" or "B" => 1,
        "K" or "KI" or "KIB" => 1L << 10,
        "M" or "MI" or "MIB" => 1L << 20,
        "G" or "GI" or "GIB" => 1L << 30,
        "T" or "TI" or "TIB" => 1L << 40,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => 0,
    };
}
