using System.Globalization;

namespace S3Mount.CommandLine;

/// <summary><c>s3mount top [MOUNTPOINT] [--interval D] [-n COUNT]</c>.</summary>
/// <param name="Path">A mountpoint, or anything below it; null: the only mount that there is.</param>
/// <param name="Interval">From one look to the next.</param>
/// <param name="Count">How many frames are printed, one below the other; null: a screen, until it is left.</param>
internal sealed record TopCommand(string? Path, TimeSpan Interval, int? Count)
{
    public const string Verb = "top";
    public const string Usage = "s3mount top [MOUNTPOINT] [--interval D] [-n COUNT]";

    public static readonly OptionDefinition Often = new("interval", "D", "how often it looks, 1s to 1h (1s)") { InFstab = false };
    public static readonly OptionDefinition Frames = new("count", "COUNT", "print COUNT frames, one below the other; needs no terminal") { ShortName = 'n', InFstab = false };
    public static readonly OptionDefinition Once = new("once", null, "the same as -n 1") { InFstab = false };

    public static readonly OptionDefinition[] Own = [Often, Frames, Once];

    /// <summary>Durations have whole seconds; a look costs the daemon a millisecond.</summary>
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(1);

    /// <summary>Longer than that is for a store of metrics (<c>--metrics-listen</c>).</summary>
    private static readonly TimeSpan _longest = TimeSpan.FromHours(1);

    private const int MostFrames = 1_000_000;

    /// <param name="args">What follows the verb.</param>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static TopCommand Parse(IReadOnlyList<string> args)
    {
        var arguments = new ArgumentParser(args, Own);
        arguments.ThrowIfUnknown();
        OptionValues options = arguments.Options();
        TimeSpan interval = options.Read(Often, ParseInterval, _shortest);
        int? count = options.Read<int?>(Frames, text => ParseCount(text), options.Has(Once) ? 1 : null);
        return arguments.Positions switch
        {
            [] => new TopCommand(null, interval, count),
            [var path] when path.Length > 0 => new TopCommand(path, interval, count),
            [_, var second, ..] => throw new UsageException($"unexpected argument '{second}'; write {Usage}"),
            _ => throw new UsageException($"the mountpoint is missing; write {Usage}"),
        };
    }

    private static TimeSpan ParseInterval(string text)
    {
        TimeSpan interval = DurationText.Parse(text);
        return interval >= _shortest && interval <= _longest ? interval : throw new FormatException($"'{text}' is not between 1s and 1h");
    }

    private static int ParseCount(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is > 0 and <= MostFrames
            ? count : throw new FormatException($"'{text}' is not a number of frames, 1 to {MostFrames}");
}
