using System.Globalization;

namespace S3Mount.CommandLine;

/// <summary>Durations: <c>60</c> (seconds), <c>90s</c>, <c>10m</c>, <c>1h</c>, <c>7d</c>, <c>indefinite</c>.</summary>
internal static class DurationText
{
    /// <summary>Timers count milliseconds in 32 bits (49 days); what is meant to be longer is indefinite.</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromDays(30);

    /// <returns><see cref="Timeout.InfiniteTimeSpan"/> for <c>indefinite</c>.</returns>
    /// <exception cref="FormatException">With what is wrong and how to write it.</exception>
    public static TimeSpan Parse(string text)
    {
        if (text == "indefinite")
            return Timeout.InfiniteTimeSpan;
        int digits = text.TakeWhile(char.IsAsciiDigit).Count();
        long factor = text[digits..] switch { "" or "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => 0 };
        if (digits == 0 || factor == 0)
            throw new FormatException($"'{text}' is not a duration; write 90s, 10m, 1h or indefinite");
        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number > _longest.TotalSeconds / factor)
            throw new FormatException($"'{text}' is longer than 30d; write indefinite");
        return TimeSpan.FromSeconds(number * factor);
    }

    /// <summary>As <see cref="Parse"/> reads it, in the largest unit without a remainder.</summary>
    public static string Write(TimeSpan duration)
    {
        if (duration == Timeout.InfiniteTimeSpan)
            return "indefinite";
        long seconds = (long)duration.TotalSeconds;
        (long factor, char unit) = seconds switch
        {
            0 => (1, 's'),
            _ when seconds % 86400 == 0 => (86400, 'd'),
            _ when seconds % 3600 == 0 => (3600, 'h'),
            _ when seconds % 60 == 0 && seconds > 60 => (60, 'm'),
            _ => (1, 's'),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / factor}{unit}");
    }

    /// <summary>As <see cref="Parse"/>; 0 is for ever, because no time at all would let nothing succeed.</summary>
    public static TimeSpan ParseDeadline(string text)
    {
        TimeSpan duration = Parse(text);
        return duration == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : duration;
    }
}
