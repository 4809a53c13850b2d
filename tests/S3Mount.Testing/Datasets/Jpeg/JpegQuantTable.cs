namespace S3Mount.Testing.Datasets.Jpeg;

/// <summary>Quantisation steps for a quality from 1 to 100: the tables of ITU-T T.81, Annex K.1, scaled as is customary.</summary>
internal sealed class JpegQuantTable
{
    private static readonly byte[] _luma =
    [
        16, 11, 10, 16, 24, 40, 51, 61,
        12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56,
        14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77,
        24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103, 99,
    ];

    private static readonly byte[] _chroma =
    [
        17, 18, 24, 47, 99, 99, 99, 99,
        18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99,
        47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
    ];

    private JpegQuantTable(byte[] steps, int quality)
    {
        int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        for (int i = 0; i < 64; i++)
        {
            int step = Math.Clamp((steps[i] * percent + 50) / 100, 1, 255);
            Steps[i] = (byte)step;
            Reciprocals[i] = 1f / step;
        }
    }

    /// <summary>In natural order, row by row.</summary>
    public byte[] Steps { get; } = new byte[64];

    public float[] Reciprocals { get; } = new float[64];

    public static JpegQuantTable Luma(int quality) => new(_luma, quality);

    public static JpegQuantTable Chroma(int quality) => new(_chroma, quality);
}
