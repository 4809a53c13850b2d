namespace S3Mount.Testing.Processes;

/// <summary>A child failed or did not end in time; the message holds what it said.</summary>
public sealed class ChildProcessException(string message) : Exception(message);
