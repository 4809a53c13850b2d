using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace S3Mount.Interop;

/// <summary>struct termios of glibc and musl, 60 bytes; what is not looked at is kept as it is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TerminalModes
{
    public uint InputFlags;
    public uint OutputFlags;
    public uint ControlFlags;
    public uint LocalFlags;
    private Rest _rest;

    // Discipline, characters and speeds take 44 bytes.
    [InlineArray(64)]
    private struct Rest
    {
        private byte _first;
    }
}
