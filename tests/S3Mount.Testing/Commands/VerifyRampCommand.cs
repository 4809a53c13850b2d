using System.Buffers;

namespace S3Mount.Testing.Commands;

/// <summary>Compares a file with the ramp that it should hold.</summary>
internal static class VerifyRampCommand
{
    public const string Usage = "verify-ramp FILE SIZE [SEED]";

    public static async Task<int> RunAsync(string[] words)
    {
        var arguments = new CommandArguments(words, [], []);
        if (arguments.Positionals.Count is < 2 or > 3)
            throw new UsageException(Usage);
        long size = CommandArguments.ParseSize(arguments.Positionals[1]);
        int seed = arguments.Positionals.Count > 2 ? CommandArguments.ParseCount(arguments.Positionals[2]) : 0;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        await using FileStream file = new(arguments.Positionals[0], FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        long offset = 0;
        int count;
        while ((count = await file.ReadAsync(buffer)) > 0)
        {
            long difference = Ramp.FirstDifference(buffer.AsSpan(0, count), offset, seed);
            if (difference >= 0)
            {
                await Console.Error.WriteLineAsync($"byte {offset + difference} is {buffer[difference]} instead of {Ramp.ByteAt(offset + difference, seed)}");
                return 1;
            }
            offset += count;
        }
        await Console.Out.WriteLineAsync($"{offset} bytes");
        return offset == size ? 0 : 1;
    }
}
