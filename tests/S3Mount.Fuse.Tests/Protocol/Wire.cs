namespace S3Mount.Fuse.Tests.Protocol;

/// <summary>Reads golden messages: hexadecimal bytes, and comments from # to the end of the line.</summary>
internal static class Wire
{
    public static byte[] Bytes(string text) =>
        Convert.FromHexString(string.Concat(text.Split('\n').Select(line => line.Split('#')[0].Trim())));

    /// <summary>A copy with other bytes at an offset.</summary>
    public static byte[] With(byte[] message, int offset, params byte[] bytes)
    {
        byte[] copy = [.. message];
        bytes.CopyTo(copy, offset);
        return copy;
    }

    /// <summary>A copy of another length whose header tells that length.</summary>
    public static byte[] Resized(byte[] message, int length)
    {
        byte[] copy = new byte[length];
        message.AsSpan(0, Math.Min(length, message.Length)).CopyTo(copy);
        return length >= 4 ? With(copy, 0, BitConverter.GetBytes(length)) : copy;
    }
}
