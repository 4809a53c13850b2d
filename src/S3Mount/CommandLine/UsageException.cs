namespace S3Mount.CommandLine;

/// <summary>The command line is wrong; the message is one line that says how to write it. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
