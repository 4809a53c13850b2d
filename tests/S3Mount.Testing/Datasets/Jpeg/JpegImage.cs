namespace S3Mount.Testing.Datasets.Jpeg;

/// <summary>
/// The planes of an image in YCbCr, colour at half the resolution (4:2:0), each padded to whole blocks as the encoder wants them.
/// </summary>
internal sealed class JpegImage
{
    public JpegImage(int width, int height)
    {
        (Width, Height) = (width, height);
        LumaStride = (width + 15) & ~15;
        LumaRows = (height + 15) & ~15;
        Luma = new byte[LumaStride * LumaRows];
        BlueDifference = new byte[ChromaStride * ChromaRows];
        RedDifference = new byte[ChromaStride * ChromaRows];
    }

    public int Width { get; }

    public int Height { get; }

    public int LumaStride { get; }

    public int LumaRows { get; }

    public int ChromaStride => LumaStride / 2;

    public int ChromaRows => LumaRows / 2;

    public byte[] Luma { get; }

    public byte[] BlueDifference { get; }

    public byte[] RedDifference { get; }
}
