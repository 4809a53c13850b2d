using System.Globalization;

namespace S3Mount.Benchmarks.Clients;

/// <summary>What a client program measured: printed as one line on its standard output, read back by the bench.</summary>
internal readonly record struct ClientResult(double Seconds, long Files, long Bytes)
{
    private const string Tag = "RESULT";

    public void Print() => Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Tag} {Seconds:R} {Files} {Bytes}"));

    public static ClientResult Parse(string output)
    {
        string line = output.Split('\n').LastOrDefault(l => l.StartsWith(Tag, StringComparison.Ordinal))
            ?? throw new InvalidDataException("the client printed no result: " + output);
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new ClientResult(
            double.Parse(fields[1], CultureInfo.InvariantCulture),
            long.Parse(fields[2], CultureInfo.InvariantCulture),
            long.Parse(fields[3], CultureInfo.InvariantCulture));
    }
}
