using S3Mount.Testing.Datasets.Jpeg;

namespace S3Mount.Testing.Datasets;

/// <summary>Draws one picture of a class: its pattern at a place, brightness and contrast of its own, under grain.</summary>
internal static class Picture
{
    // ImageNet's long sides are log-normal about 500 pixels with few above 4 times or below a quarter of that.
    private const double SideSpread = 0.45;
    private const int SmallestSide = 64;
    private const int LargestSide = 500;

    // One period of a sine from 0 to 255.
    private static readonly byte[] _wave = [.. Enumerable.Range(0, 256).Select(i => (byte)(127.5 + 127.5 * Math.Sin(i * Math.Tau / 256)))];
    private static readonly double[] _aspects = [1, 4 / 3.0, 4 / 3.0, 4 / 3.0, 3 / 2.0, 16 / 9.0];

    public static byte[] Encode(PictureStyle style, int medianSide, SeededRandom random)
    {
        int longSide = (int)Math.Clamp(medianSide * Math.Exp(SideSpread * random.NextNormal()), SmallestSide, LargestSide);
        int shortSide = Math.Max(SmallestSide, (int)(longSide / _aspects[random.Next(0, _aspects.Length)]));
        bool isUpright = random.Next(0, 4) == 0;
        JpegImage image = isUpright ? new JpegImage(shortSide, longSide) : new JpegImage(longSide, shortSide);
        DrawColour(image, style, random);
        DrawPattern(image, style, random);
        return JpegEncoder.Encode(image, random.Next(75, 93));
    }

    private static void DrawColour(JpegImage image, PictureStyle style, SeededRandom random)
    {
        int tilt = random.Next(-12, 13);
        for (int y = 0; y < image.ChromaRows; y++)
        {
            int shift = tilt * (2 * y - image.ChromaRows) / image.ChromaRows;
            image.BlueDifference.AsSpan(y * image.ChromaStride, image.ChromaStride).Fill((byte)Math.Clamp(style.BlueDifference + shift, 0, 255));
            image.RedDifference.AsSpan(y * image.ChromaStride, image.ChromaStride).Fill((byte)Math.Clamp(style.RedDifference - shift, 0, 255));
        }
    }

    private static void DrawPattern(JpegImage image, PictureStyle style, SeededRandom random)
    {
        double angle = style.Angle + 0.3 * (random.NextDouble() - 0.5);
        // Phases are 256ths of a period in fixed point, 8 bits behind the point.
        int stepX = (int)(Math.Cos(angle) * 65536 / style.Period);
        int stepY = (int)(Math.Sin(angle) * 65536 / style.Period);
        int phase = random.Next(0, 65536);
        int centreX = random.Next(0, image.Width);
        int centreY = random.Next(0, image.Height);
        int contrast = random.Next(60, 140);
        int floor = random.Next(20, 235 - contrast);
        int grain = random.Next(8, 40);
        ulong noise = random.Next() | 1;
        for (int y = 0; y < image.LumaRows; y++)
        {
            Span<byte> row = image.Luma.AsSpan(y * image.LumaStride, image.LumaStride);
            int dy = y - centreY;
            for (int x = 0; x < row.Length; x++)
            {
                int dx = x - centreX;
                int wave = style.Pattern switch
                {
                    PicturePattern.Stripes => _wave[(byte)((x * stepX + y * stepY + phase) >> 8)],
                    PicturePattern.Rings => _wave[(byte)(((dx * dx + dy * dy) / 16 * (Math.Abs(stepX) + 64) / 64 + phase) >> 8)],
                    PicturePattern.Checks => _wave[(byte)((x * stepX - y * stepY + phase) >> 8)] > 127 == _wave[(byte)((x * stepY + y * stepX) >> 8)] > 127 ? 220 : 30,
                    _ => _wave[(byte)((x * stepX + phase + 40 * _wave[(byte)(y * stepY >> 8)]) >> 8)],
                };
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                int value = floor + wave * contrast / 256 + ((int)(noise & 255) - 128) * grain / 256;
                row[x] = (byte)Math.Clamp(value, 0, 255);
            }
        }
    }
}
