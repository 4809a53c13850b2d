using System.Security.Cryptography;

namespace S3Mount.Testing.Objects;

/// <summary>MD5, which S3 uses as the entity tag of plain uploads and parts (S3 API, Object.ETag); nothing here protects anything.</summary>
internal static class ContentMd5
{
#pragma warning disable CA5351
    public static byte[] Hash(ReadOnlySpan<byte> bytes) => MD5.HashData(bytes);
#pragma warning restore CA5351

    public static string ETag(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(Hash(bytes));
}
