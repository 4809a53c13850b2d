namespace S3Mount.CommandLine;

/// <summary>One command of the program: what chooses it, what the help text says of it, and what runs it.</summary>
/// <param name="Name">The first word of the command line.</param>
/// <param name="Help">Its own help; the summary is its line of the overview.</param>
/// <param name="RunAsync">Given what follows the verb, from arguments to an exit code; whatever it throws becomes one line on standard error.</param>
internal sealed record Verb(string Name, HelpTopic Help, Func<string[], Task<int>> RunAsync);
