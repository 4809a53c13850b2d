namespace S3Mount.Testing.Datasets;

/// <summary>What the pictures of one class have in common: colour and pattern.</summary>
internal sealed record PictureStyle(byte BlueDifference, byte RedDifference, PicturePattern Pattern, double Period, double Angle)
{
    public static PictureStyle OfClass(int seed, int index)
    {
        var random = new SeededRandom(seed, index);
        // The golden angle sets neighbouring classes far apart.
        double hue = index * 2.39996;
        double saturation = 40 + random.Next(0, 50);
        return new PictureStyle(
            (byte)(128 + saturation * Math.Cos(hue)),
            (byte)(128 + saturation * Math.Sin(hue)),
            (PicturePattern)(index % 4),
            8 + random.NextDouble() * 40,
            random.NextDouble() * Math.PI);
    }
}
