namespace S3Mount.Testing.Fuzzing;

/// <summary>An input on which a target failed; the message names the file that holds it, which belongs into the corpus.</summary>
public sealed class FuzzFailureException(string message, Exception? innerException) : Exception(message, innerException);
