using System.Security.Cryptography;

namespace S3Mount.FileSystem.Tests.Model;

/// <summary>An object as it was put.</summary>
internal sealed record ModelObject(byte[] Content, long LastModified)
{
#pragma warning disable CA5351 // S3's ETags are MD5.
    public string ETag { get; } = Convert.ToHexStringLower(MD5.HashData(Content));
#pragma warning restore CA5351
}
