namespace S3Mount.CommandLine;

/// <summary>Permission bits in octal: <c>0444</c>, <c>555</c>.</summary>
internal static class ModeText
{
    public static string Write(uint mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    /// <exception cref="FormatException">With what is wrong and how to write it.</exception>
    public static uint Parse(string text)
    {
        if (text.Length is 0 or > 4 || text.Any(digit => digit is < '0' or > '7'))
            throw new FormatException($"'{text}' is not a mode; write three octal digits such as 0440");
        uint mode = Convert.ToUInt32(text, 8);
        // setuid, setgid and sticky mean nothing under nosuid on a read-only mount.
        return mode <= 0x1ff ? mode : throw new FormatException($"'{text}' has more than the permission bits 0777");
    }
}
