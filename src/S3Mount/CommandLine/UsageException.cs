namespace S3Mount.CommandLine;

/// <summary>What was written is wrong; the message is one line that says how to write it. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(OneLine(message))
{
    /// <summary>What is left of a longer line at its beginning, where the place stands, and at its end, where what to do stands.</summary>
    private const int Beginning = 700;
    private const int End = 200;

    /// <summary>What a line quotes may be anything: no line end and nothing that a terminal obeys gets through, and no whole file.</summary>
    public static string OneLine(string message)
    {
        if (message.Length > Beginning + End)
            message = $"{message[..Beginning]} ... {message[^End..]}";
        return message.Any(char.IsControl) ? string.Concat(message.Select(letter => char.IsControl(letter) ? '?' : letter)) : message;
    }
}
