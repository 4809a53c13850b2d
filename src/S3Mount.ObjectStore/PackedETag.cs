namespace S3Mount.ObjectStore;

/// <summary>
/// The tags that S3 gives, without an object: 32 hex digits as two numbers, and a form that says how many parts follow a hyphen.
/// Read back by <see cref="ETag.Unpack"/>, in another process too.
/// </summary>
/// <param name="High">The first 16 digits.</param>
/// <param name="Low">The last 16 digits.</param>
/// <param name="Form">0: no tag. 1: digits alone. n + 2: digits, a hyphen and n parts.</param>
public readonly record struct PackedETag(ulong High, ulong Low, int Form);
