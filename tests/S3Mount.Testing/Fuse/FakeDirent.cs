using System.Text;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Testing.Fuse;

/// <summary>One entry of READDIR or READDIRPLUS (which alone has an <see cref="Entry"/>).</summary>
public sealed record FakeDirent(ulong Ino, ulong Offset, uint Type, byte[] NameBytes, FuseEntryOut? Entry)
{
    public const uint Directory = 4;
    public const uint File = 8;

    public string Name => Encoding.UTF8.GetString(NameBytes);
}
