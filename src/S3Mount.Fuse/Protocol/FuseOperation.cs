namespace S3Mount.Fuse.Protocol;

/// <summary>What is fixed about an opcode.</summary>
/// <param name="Name">The kernel's spelling.</param>
/// <param name="MinimumSize">Bytes that must follow the header: the kernel's struct, plus at least a NUL for each name.</param>
/// <param name="IsAnswered">False for messages that the kernel does not keep: an answer would name no request.</param>
internal sealed record FuseOperation(string Name, int MinimumSize, bool IsAnswered = true);
