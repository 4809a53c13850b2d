namespace S3Mount.CommandLine;

/// <summary>Flags where they have a value: the booleans of YAML, and the digits that variables are often given.</summary>
internal static class FlagText
{
    public const string On = "true";
    public const string Off = "false";

    /// <exception cref="FormatException">With what is wrong and how to write it.</exception>
    public static bool Parse(string text) => text.ToLowerInvariant() switch
    {
        On or "yes" or "on" or "1" => true,
        Off or "no" or "off" or "0" => false,
        _ => throw new FormatException($"'{text}' is neither true nor false"),
    };
}
