using System.Globalization;
using System.Text;

namespace S3Mount.MountTests;

/// <summary>Content that tells its version and its place in every 16 bytes, so that no two versions can be mixed unseen.</summary>
internal static class VersionedContent
{
    private const int RecordLength = 16;

    public static byte[] Create(int version, int length)
    {
        byte[] bytes = new byte[(length + RecordLength - 1) / RecordLength * RecordLength];
        Span<char> record = stackalloc char[RecordLength];
        for (int offset = 0; offset < bytes.Length; offset += RecordLength)
        {
            record.TryWrite(CultureInfo.InvariantCulture, $"v{version:d2} {offset:d11}\n", out _);
            Encoding.ASCII.GetBytes(record, bytes.AsSpan(offset));
        }
        return bytes[..length];
    }
}
