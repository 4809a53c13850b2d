namespace S3Mount.Fuse.Tests.Mounting;

/// <summary>What a child process wrote, and how it ended.</summary>
internal sealed record ShellResult(int ExitCode, byte[] Output, string Errors)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Output);
}
