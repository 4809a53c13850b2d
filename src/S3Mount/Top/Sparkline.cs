namespace S3Mount.Top;

/// <summary>A row of small bars.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Ascii = ".:-=+*#@";

    /// <summary>The latest values at the right end; zero is empty, and whatever is more than zero has a bar.</summary>
    /// <param name="most">The value of a full bar.</param>
    public static string Draw(IReadOnlyList<double> values, int width, double most, bool isUnicode)
    {
        string levels = isUnicode ? Blocks : Ascii;
        char[] bars = new char[Math.Max(0, width)];
        Array.Fill(bars, ' ');
        for (int i = 0; i < bars.Length && i < values.Count; i++)
        {
            double value = values[values.Count - 1 - i];
            if (value > 0 && most > 0)
                bars[bars.Length - 1 - i] = levels[Math.Clamp((int)Math.Ceiling(value / most * levels.Length) - 1, 0, levels.Length - 1)];
        }
        return new string(bars);
    }

    /// <summary>The largest of those that have room.</summary>
    public static double MostOf(IReadOnlyList<double> values, int width) => values.Count == 0 || width <= 0 ? 0 : values.Skip(values.Count - Math.Min(values.Count, width)).Max();
}
