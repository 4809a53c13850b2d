namespace S3Mount.Telemetry;

/// <summary>How often an operation has failed in one way.</summary>
/// <param name="Operation">Of the kernel or of the store, as each spells it.</param>
/// <param name="Error">An errno, or the cause at the store.</param>
internal sealed record FailureCount(string Operation, string Error, long Count);
