namespace S3Mount.Testing.Fuzzing;

/// <summary>Bytes that a fuzzer starts from, and the name of the file that they came from.</summary>
public sealed record FuzzInput(string Name, byte[] Bytes);
