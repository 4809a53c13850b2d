using S3Mount.Testing.Synthetic;

namespace S3Mount.Testing.Commands;

/// <summary>Reads <c>[PREFIX=]KIND:NUMBER…</c>, such as <c>imagenet/=classes:1000:1281167</c>.</summary>
internal static class SyntheticArgument
{
    /// <param name="prefix">Before the prefix that the text has.</param>
    public static SyntheticKeys Parse(string prefix, string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        prefix += text[..Math.Max(0, equals)];
        string[] parts = text[(equals + 1)..].Split(':');
        try
        {
            return parts switch
            {
                ["classes", var classes, var files] => new ClassKeys(prefix, Count(classes), Count(files)),
                ["flat", var files] => new FlatKeys(prefix, Count(files)),
                ["flat", var files, var pattern] when Enum.TryParse(pattern, ignoreCase: true, out FlatPattern known) => new FlatKeys(prefix, Count(files), known),
                ["small", var directories, var files] => new SmallDirectoryKeys(prefix, Count(directories), Count(files)),
                ["speech", var speakers, var chapters, var utterances] => new SpeechKeys(prefix, Count(speakers), Count(chapters), Count(utterances)),
                _ => throw new UsageException($"'{text}' names no synthetic keys.\n{ServeCommand.Usage}"),
            };
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException)
        {
            throw new UsageException($"'{text}' names more or fewer keys than there can be: {exception.Message}");
        }
    }

    private static int Count(string text) => CommandArguments.ParseCount(text);
}
