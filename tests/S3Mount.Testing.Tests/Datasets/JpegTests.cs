using System.Globalization;
using S3Mount.Testing.Datasets.Jpeg;
using S3Mount.Testing.Processes;

namespace S3Mount.Testing.Tests.Datasets;

public sealed class JpegTests
{
    // Brightness, blue and red differences, and the colour they stand for (JFIF 1.02).
    [TestCase(128, 128, 128, 128, 128, 128)]
    [TestCase(76, 85, 255, 254, 0, 0)]
    [TestCase(200, 90, 110, 175, 226, 133)]
    [CancelAfter(60_000)]
    public async Task Another_decoder_sees_size_and_colour(int luma, int blueDifference, int redDifference, int red, int green, int blue, CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        // Sizes that are no multiples of a block.
        foreach ((int width, int height) in ((int, int)[])[(1, 1), (16, 16), (17, 33), (100, 50)])
        {
            var image = new JpegImage(width, height);
            image.Luma.AsSpan().Fill((byte)luma);
            image.BlueDifference.AsSpan().Fill((byte)blueDifference);
            image.RedDifference.AsSpan().Fill((byte)redDifference);
            await File.WriteAllBytesAsync(directory[$"{width}x{height}.JPEG"], JpegEncoder.Encode(image, 95), cancellationToken);
        }
        ChildResult result = await Python.RunAsync("decode_jpegs.py", ["PIL"], [directory.Path], cancellationToken);
        string[] lines = result.EnsureSuccess().OutputLines;
        Assert.That(lines, Has.Length.EqualTo(4));
        foreach (string line in lines)
        {
            string[] words = line.Split(' ');
            Assert.That($"{words[2]}x{words[3]}.JPEG", Is.EqualTo(words[0]));
            int[] colour = [.. words[4..].Select(word => int.Parse(word, CultureInfo.InvariantCulture))];
            Assert.That(colour[0], Is.EqualTo(red).Within(3));
            Assert.That(colour[1], Is.EqualTo(green).Within(3));
            Assert.That(colour[2], Is.EqualTo(blue).Within(3));
        }
    }
}
