using System.Numerics;

namespace S3Mount.Testing.Datasets.Jpeg;

/// <summary>A baseline JPEG encoder (ITU-T T.81; JFIF 1.02): three components, 4:2:0, the typical Huffman tables.</summary>
internal sealed class JpegEncoder
{
    // Natural index of each coefficient in the order in which they are sent (ITU-T T.81, figure A.6).
    private static readonly byte[] _zigzag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    private static readonly byte[] _transposedZigzag = [.. _zigzag.Select(index => (byte)Transposed(index))];

    private readonly JpegImage _image;
    private readonly JpegBitWriter _output;
    private readonly Component _luma;
    private readonly Component _blue;
    private readonly Component _red;

    private JpegEncoder(JpegImage image, int quality)
    {
        _image = image;
        _output = new JpegBitWriter(1024 + image.Luma.Length / 4);
        JpegQuantTable luma = JpegQuantTable.Luma(quality);
        JpegQuantTable chroma = JpegQuantTable.Chroma(quality);
        _luma = new Component(image.Luma, image.LumaStride, luma, JpegHuffmanTable.LumaDc, JpegHuffmanTable.LumaAc);
        _blue = new Component(image.BlueDifference, image.ChromaStride, chroma, JpegHuffmanTable.ChromaDc, JpegHuffmanTable.ChromaAc);
        _red = new Component(image.RedDifference, image.ChromaStride, chroma, JpegHuffmanTable.ChromaDc, JpegHuffmanTable.ChromaAc);
    }

    public static byte[] Encode(JpegImage image, int quality)
    {
        var encoder = new JpegEncoder(image, quality);
        encoder.WriteHeaders();
        encoder.WriteScan();
        encoder._output.Flush();
        encoder._output.WriteBytes([0xff, 0xd9]);
        return encoder._output.ToArray();
    }

    private void WriteHeaders()
    {
        _output.WriteBytes([0xff, 0xd8]);
        WriteSegment(0xe0, [.. "JFIF\0"u8, 1, 2, 0, 0, 1, 0, 1, 0, 0]);
        WriteSegment(0xdb, [0, .. _zigzag.Select(index => _luma.Quant.Steps[index]), 1, .. _zigzag.Select(index => _blue.Quant.Steps[index])]);
        (int width, int height) = (_image.Width, _image.Height);
        WriteSegment(0xc0, [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
        WriteSegment(0xc4,
        [
            0x00, .. _luma.Dc.Counts, .. _luma.Dc.Symbols, 0x10, .. _luma.Ac.Counts, .. _luma.Ac.Symbols,
            0x01, .. _blue.Dc.Counts, .. _blue.Dc.Symbols, 0x11, .. _blue.Ac.Counts, .. _blue.Ac.Symbols,
        ]);
        WriteSegment(0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
    }

    private void WriteSegment(byte marker, ReadOnlySpan<byte> payload)
    {
        int length = payload.Length + 2;
        _output.WriteBytes([0xff, marker, (byte)(length >> 8), (byte)length]);
        _output.WriteBytes(payload);
    }

    // Each 16x16 pixels: four blocks of brightness, one of either colour.
    private void WriteScan()
    {
        for (int y = 0; y < _image.LumaRows; y += 16)
        {
            for (int x = 0; x < _image.LumaStride; x += 16)
            {
                WriteBlock(_luma, x, y);
                WriteBlock(_luma, x + 8, y);
                WriteBlock(_luma, x, y + 8);
                WriteBlock(_luma, x + 8, y + 8);
                WriteBlock(_blue, x / 2, y / 2);
                WriteBlock(_red, x / 2, y / 2);
            }
        }
    }

    private void WriteBlock(Component component, int x, int y)
    {
        Span<int> coefficients = stackalloc int[64];
        JpegTransform.Forward(component.Samples.AsSpan(y * component.Stride + x), component.Stride, component.TransposedReciprocals, coefficients);

        int difference = coefficients[0] - component.LastDc;
        component.LastDc = coefficients[0];
        component.Dc.Write(_output, SizeOf(difference));
        WriteMagnitude(difference);

        int zeros = 0;
        for (int i = 1; i < 64; i++)
        {
            int value = coefficients[_transposedZigzag[i]];
            if (value == 0)
            {
                zeros++;
                continue;
            }
            for (; zeros >= 16; zeros -= 16)
                component.Ac.Write(_output, 0xf0);
            component.Ac.Write(_output, (zeros << 4) | SizeOf(value));
            WriteMagnitude(value);
            zeros = 0;
        }
        if (zeros > 0)
            component.Ac.Write(_output, 0);
    }

    // A negative value is sent as its complement to all ones (ITU-T T.81, F.1.2.1).
    private void WriteMagnitude(int value) => _output.Write((uint)(value < 0 ? value - 1 : value), SizeOf(value));

    private static int SizeOf(int value) => 32 - BitOperations.LeadingZeroCount((uint)Math.Abs(value));

    private static int Transposed(int index) => (index & 7) * 8 + (index >> 3);

    private sealed class Component(byte[] samples, int stride, JpegQuantTable quant, JpegHuffmanTable dc, JpegHuffmanTable ac)
    {
        public byte[] Samples => samples;

        public int Stride => stride;

        public JpegQuantTable Quant => quant;

        public JpegHuffmanTable Dc => dc;

        public JpegHuffmanTable Ac => ac;

        public float[] TransposedReciprocals { get; } = [.. Enumerable.Range(0, 64).Select(index => quant.Reciprocals[Transposed(index)])];

        public int LastDc { get; set; }
    }
}
