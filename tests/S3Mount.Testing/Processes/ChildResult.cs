using System.Text;

namespace S3Mount.Testing.Processes;

/// <summary>How a child ended and what it said.</summary>
/// <param name="ExitCode">128 and the signal's number when a signal ended it.</param>
public sealed record ChildResult(string Command, int ExitCode, ReadOnlyMemory<byte> OutputBytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(OutputBytes.Span);

    public string[] OutputLines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Throws, with all that was said, unless the exit code is 0.</summary>
    public ChildResult EnsureSuccess() => ExitCode == 0 ? this : throw new ChildProcessException($"{Command}\nended with {ExitCode}.\n{Output}{Error}");
}
