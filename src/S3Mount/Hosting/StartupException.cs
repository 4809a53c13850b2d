namespace S3Mount.Hosting;

/// <summary>The mount cannot be made; the message is one line that says why and what to do. Exit code 1.</summary>
internal sealed class StartupException(string message, Exception? innerException = null) : Exception(message, innerException);
