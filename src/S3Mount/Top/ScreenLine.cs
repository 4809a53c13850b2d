namespace S3Mount.Top;

/// <summary>One line of a screen: text without commands, no longer than the screen is wide.</summary>
internal sealed record ScreenLine(string Text, ScreenStyle Style = ScreenStyle.Plain)
{
    /// <summary>Columns of the name in front (<see cref="ScreenStyle.Named"/>), with the space behind it.</summary>
    public const int NameColumns = 12;
}
