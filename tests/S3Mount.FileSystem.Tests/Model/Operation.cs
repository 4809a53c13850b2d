namespace S3Mount.FileSystem.Tests.Model;

/// <summary>One step. What the numbers choose depends on what there is to choose from when the step is run.</summary>
internal sealed record Operation(OperationKind Kind, int A, int B, int C);
