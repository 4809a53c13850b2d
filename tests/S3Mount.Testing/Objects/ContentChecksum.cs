using System.Security.Cryptography;

namespace S3Mount.Testing.Objects;

/// <summary>Checksums of contents. It shares no code with the store that it tests.</summary>
internal static class ContentChecksum
{
    private const int Step = 1 << 20;

    public static byte[] Of(ChecksumAlgorithm algorithm, ObjectContent content) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => Crc(ReflectedCrc.Crc32, content),
        ChecksumAlgorithm.Crc32C => Crc(ReflectedCrc.Crc32C, content),
        ChecksumAlgorithm.Crc64Nvme => Crc(ReflectedCrc.Crc64Nvme, content),
        ChecksumAlgorithm.Sha1 => Hash(HashAlgorithmName.SHA1, content),
        _ => Hash(HashAlgorithmName.SHA256, content),
    };

    private static byte[] Crc(ReflectedCrc crc, ObjectContent content)
    {
        ulong state = crc.Start;
        for (long offset = 0; offset < content.Length;)
        {
            ReadOnlyMemory<byte> piece = content.Peek(offset, (int)Math.Min(Step, content.Length - offset));
            state = crc.Add(state, piece.Span);
            offset += piece.Length;
        }
        return crc.Finish(state);
    }

    private static byte[] Hash(HashAlgorithmName name, ObjectContent content)
    {
        using var hash = IncrementalHash.CreateHash(name);
        for (long offset = 0; offset < content.Length;)
        {
            ReadOnlyMemory<byte> piece = content.Peek(offset, (int)Math.Min(Step, content.Length - offset));
            hash.AppendData(piece.Span);
            offset += piece.Length;
        }
        return hash.GetHashAndReset();
    }
}
