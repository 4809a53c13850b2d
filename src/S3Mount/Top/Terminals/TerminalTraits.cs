using S3Mount.Doctor;

namespace S3Mount.Top.Terminals;

/// <summary>What a terminal can do, as its user's environment says.</summary>
/// <param name="IsUnicode">It shows more than ASCII.</param>
/// <param name="HasScreen">The cursor can be moved.</param>
internal sealed record TerminalTraits(bool IsUnicode, bool HasColor, bool HasScreen)
{
    public static TerminalTraits Of(Func<string, string?> variable)
    {
        bool hasScreen = variable("TERM") is { Length: > 0 } term && term != "dumb";
        return new TerminalTraits(hasScreen && IsUtf8(variable), hasScreen && DoctorProgram.HasColor(isTerminal: true, variable), hasScreen);
    }

    /// <summary>Of the first of these variables that is not empty, as setlocale(3) chooses; none is the C locale.</summary>
    public static bool IsUtf8(Func<string, string?> variable)
    {
        string[] names = ["LC_ALL", "LC_CTYPE", "LANG"];
        string locale = names.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        return locale.EndsWith("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.EndsWith("UTF8", StringComparison.OrdinalIgnoreCase)
            || locale.Contains("UTF-8@", StringComparison.OrdinalIgnoreCase) || locale.Contains("UTF8@", StringComparison.OrdinalIgnoreCase);
    }
}
