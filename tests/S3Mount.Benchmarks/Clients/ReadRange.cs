using System.Globalization;

namespace S3Mount.Benchmarks.Clients;

/// <summary>Some bytes of one object.</summary>
/// <param name="Seed">Of the ramp that the object holds; <see cref="OfFile"/> when it is a file of the reference tree.</param>
internal readonly record struct ReadRange(string Key, long Offset, long Length, int Seed)
{
    public const int OfFile = -1;

    public static void WritePlan(string path, IEnumerable<ReadRange> reads) =>
        File.WriteAllLines(path, reads.Select(read => string.Create(CultureInfo.InvariantCulture, $"{read.Key}\t{read.Offset}\t{read.Length}\t{read.Seed}")));

    public static ReadRange[] ReadPlan(string path) => [.. File.ReadLines(path).Select(Parse)];

    private static ReadRange Parse(string line)
    {
        string[] fields = line.Split('\t');
        return new ReadRange(fields[0], Number(fields[1]), Number(fields[2]), (int)Number(fields[3]));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
