using System.Globalization;

namespace S3Mount.CommandLine;

/// <summary>Users and groups by number or name.</summary>
internal static class OwnerText
{
    /// <param name="kind"><c>user</c> or <c>group</c>.</param>
    /// <param name="find">Looks a name up; null when there is none.</param>
    /// <exception cref="FormatException">With what is wrong.</exception>
    public static uint Parse(string text, string kind, Func<string, uint?> find)
    {
        // (uid_t)-1 means "leave as it is" to chown(2) and is nobody's id.
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue)
            return number;
        if (text.Length > 0 && !text.All(char.IsAsciiDigit) && find(text) is uint found)
            return found;
        throw new FormatException($"there is no {kind} '{text}'; write a name or a number");
    }
}
