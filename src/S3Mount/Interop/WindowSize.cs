using System.Runtime.InteropServices;

namespace S3Mount.Interop;

/// <summary>struct winsize (tty_ioctl(4)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WindowSize
{
    public ushort Rows;
    public ushort Columns;
    public ushort WidthInPixels;
    public ushort HeightInPixels;
}
