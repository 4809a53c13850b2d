using System.Text;

namespace S3Mount.CommandLine;

/// <summary>What <c>--help</c> prints: an overview that fits a screen, and the whole of one command, from the tables.</summary>
internal static class HelpText
{
    /// <summary>Terminals are at least this wide.</summary>
    private const int Width = 80;

    /// <summary>For most options with their indent and a gap; a longer one has its line to itself.</summary>
    private const int DescriptionColumn = 29;

    /// <summary>For the longest verb, with its indent and a gap.</summary>
    private const int SummaryColumn = 14;

    /// <summary>Of the mount; the others are in its own help.</summary>
    private static readonly OptionDefinition[] _first =
    [
        MountOptions.Foreground, MountOptions.EndpointUrl, MountOptions.Profile, MountOptions.NoSignRequest, MountOptions.MetadataTtl,
        MountOptions.Cache, MountOptions.Memory, MountOptions.AllowOther,
    ];

    /// <summary>Commands with an example in the overview: what nobody guesses. Those of all of them would not fit a screen.</summary>
    private static readonly string[] _shown = [UmountCommand.Verb, StatusCommand.Verb, WarmCommand.Verb, SnapshotCommand.Verb, DoctorCommand.Verb];

    /// <summary>At most 50 lines.</summary>
    public static string Write(HelpTopic mount, IReadOnlyList<Verb> verbs)
    {
        var text = new StringBuilder();
        text.Append($"""
            s3mount shows the objects of an S3 bucket, or of a prefix, as read-only files.

            Usage:
              {MountCommand.Usage}
              s3mount COMMAND ...
              s3mount help COMMAND | --version

            Commands:

            """);
        foreach (Verb verb in verbs)
            Append(text, "  " + verb.Name, SummaryColumn, verb.Help.Summary);
        text.Append("\nMount options (all of them: s3mount help mount):\n");
        foreach (OptionDefinition option in _first)
            Append(text, option);
        text.Append("\nExamples:\n");
        foreach (string example in mount.Examples.Take(2).Concat(verbs.Where(verb => _shown.Contains(verb.Name)).SelectMany(verb => verb.Help.Examples.Take(1))))
            text.Append("  ").Append(example).Append('\n');
        text.Append("\nExit codes: 0 mounted or done, 1 failed, 2 wrong usage.\n");
        return text.ToString();
    }

    public static string Write(HelpTopic topic)
    {
        var text = new StringBuilder("Usage:\n");
        foreach (string usage in topic.Usages)
            text.Append("  ").Append(usage).Append('\n');
        foreach (string paragraph in topic.About.Prepend($"It {topic.Summary}."))
        {
            text.Append('\n');
            Append(text, "", 0, paragraph);
        }
        foreach ((string title, OptionDefinition[] options) in topic.Options)
        {
            text.Append('\n').Append(title).Append(":\n");
            foreach (OptionDefinition option in options)
                Append(text, option);
        }
        if (topic.Examples.Length > 0)
            text.Append("\nExamples:\n");
        foreach (string example in topic.Examples)
            text.Append("  ").Append(example).Append('\n');
        return text.ToString();
    }

    private static void Append(StringBuilder text, OptionDefinition option)
    {
        string left = option.ShortName is char letter ? $"  -{letter}, {option.LongName}" : $"  {option.LongName}";
        if (!option.IsFlag)
            left += " " + option.ValueName;
        Append(text, left, DescriptionColumn, option.Description);
    }

    private static void Append(StringBuilder text, string left, int indent, string description)
    {
        int column = left.Length;
        text.Append(left);
        if (indent > 0 && column + 2 > indent)
        {
            text.Append('\n');
            column = 0;
        }
        foreach (string word in description.Split(' '))
        {
            if (column < indent || column + 1 + word.Length > Width)
            {
                if (column >= indent)
                {
                    text.Append('\n');
                    column = 0;
                }
                text.Append(' ', indent - column).Append(word);
                column = indent + word.Length;
            }
            else
            {
                // At the beginning of a line that is not indented there is nothing to part.
                if (column > indent || indent > 0)
                {
                    text.Append(' ');
                    column++;
                }
                text.Append(word);
                column += word.Length;
            }
        }
        text.Append('\n');
    }
}
