using System.Globalization;
using System.Text;

namespace S3Mount.Fuse.Tests;

/// <summary>The tree that mount tests serve.</summary>
internal static class TestTree
{
    public const int BigSize = (5 << 20) + 12_345;

    public static IReadOnlyDictionary<string, byte[]> Files { get; } = Build();

    /// <summary>Bytes that tell their own offset: each is its offset modulo 251.</summary>
    public static byte[] Ramp(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)(i % 251);
        return bytes;
    }

    private static Dictionary<string, byte[]> Build()
    {
        var files = new Dictionary<string, byte[]>
        {
            ["hello.txt"] = Encoding.UTF8.GetBytes("hello, world\n"),
            ["big.bin"] = Ramp(BigSize),
            ["empty"] = [],
            ["hollow/"] = [],
            ["dir/nested/deep.bin"] = Ramp(70_000),
            ["names/with space"] = [1],
            ["names/ünïcode.jpg"] = [2],
            ["names/line\nbreak"] = [3],
        };
        for (int i = 0; i < 3_000; i++)
            files[string.Create(CultureInfo.InvariantCulture, $"many/{i:d5}.txt")] = Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture));
        return files;
    }
}
