using System.Runtime.InteropServices;
using S3Mount.ObjectStore;
using S3Mount.Testing.Datasets;
using S3Mount.Testing.Objects;
using S3Mount.Testing.S3Server;
using S3Mount.Testing.Synthetic;

namespace S3Mount.Testing.Commands;

/// <summary>Runs an <see cref="S3TestServer"/> until it is told to end.</summary>
internal static class ServeCommand
{
    public const string Usage = """
        serve [--port N] [--bucket NAME] [--region NAME] [--access-key KEY --secret-key KEY | --anonymous]
              [--dataset imagefolder:CLASSES:IMAGES[:MEDIAN_SIDE]] [--prefix PREFIX] [--ramp KEY:SIZE[:SEED]]... [--ramp-list FILE] [--tree DIR]...
              [--synthetic [PREFIX=]KEYS]...   KEYS: classes:CLASSES:FILES, flat:FILES[:padded|hex|numbers|skewed], small:DIRECTORIES:FILES, speech:SPEAKERS:CHAPTERS:UTTERANCES
              [--latency MS] [--list-latency MS] [--rate BYTES_PER_SECOND] [--ready-file FILE] [--until-stdin-closes]
        """;

    private static readonly string[] _options =
    [
        "--port", "--bucket", "--region", "--access-key", "--secret-key", "--dataset", "--prefix", "--ramp", "--ramp-list", "--tree", "--synthetic", "--latency", "--list-latency", "--rate", "--ready-file",
    ];

    public static async Task<int> RunAsync(string[] words)
    {
        var arguments = new CommandArguments(words, _options, ["--anonymous", "--until-stdin-closes"]);
        if (arguments.Positionals.Count > 0)
            throw new UsageException($"serve takes options only, not '{arguments.Positionals[0]}'.");
        await using S3TestServer server = await S3TestServer.StartAsync(Options(arguments));
        S3Bucket bucket = server.CreateBucket(arguments.Text("--bucket") ?? "bucket", isPublic: arguments.Has("--anonymous"));
        Fill(bucket, arguments);

        using var ending = new EndOfProcess(arguments.Has("--until-stdin-closes"));
        if (arguments.Text("--ready-file") is { } readyFile)
        {
            // Who waits for the file must not find half a line in it.
            await File.WriteAllTextAsync(readyFile + ".part", server.Url + "\n");
            File.Move(readyFile + ".part", readyFile, overwrite: true);
        }
        await Console.Out.WriteLineAsync(server.Url);
        await ending.Task;
        return 0;
    }

    private static S3ServerOptions Options(CommandArguments arguments) => new()
    {
        Port = (int)arguments.Number("--port", 0),
        Region = arguments.Text("--region") ?? "us-east-1",
        Anonymous = arguments.Has("--anonymous"),
        Credentials =
        [
            new S3Credentials(
                arguments.Text("--access-key") ?? S3ServerOptions.DefaultAccessKey,
                arguments.Text("--secret-key") ?? S3ServerOptions.DefaultSecretKey),
        ],
        // A bench asks for millions of objects, and reads the counters only.
        RequestLogCapacity = 1000,
        Speed = new S3ServerSpeed(
            TimeSpan.FromMilliseconds(arguments.Number("--latency", 0)),
            TimeSpan.FromMilliseconds(arguments.Number("--list-latency", 0)),
            (long)arguments.Number("--rate", 0)),
    };

    private static void Fill(S3Bucket bucket, CommandArguments arguments)
    {
        string prefix = arguments.Text("--prefix") ?? "";
        foreach (string text in arguments.All("--dataset"))
        {
            foreach (DatasetFile file in DatasetArgument.Parse(text).ToArray())
                bucket.Put(prefix + file.Name, file.Bytes, file.LastModified);
        }
        // One object a line: its key, its size, its seed, the kind of its checksum, with tabs between. Thousands do not fit on a command line.
        foreach (string line in arguments.Text("--ramp-list") is { } list ? File.ReadAllLines(list) : [])
        {
            string[] fields = line.Split('\t');
            int seed = fields.Length > 2 ? CommandArguments.ParseCount(fields[2]) : 0;
            bucket.Checksums = fields.Length > 3 && fields[3].Length > 0 ? Enum.Parse<ChecksumAlgorithm>(fields[3]) : null;
            bucket.Put(new ObjectKey(prefix + fields[0]), new RampContent(seed, CommandArguments.ParseSize(fields[1])));
        }
        bucket.Checksums = null;
        foreach (string directory in arguments.All("--tree"))
            FillFromTree(bucket, prefix, Path.GetFullPath(directory));
        SyntheticKeys[] synthetic = [.. arguments.All("--synthetic").Select(text => SyntheticArgument.Parse(prefix, text))];
        if (synthetic.Length > 0)
            bucket.AddSynthetic(synthetic);
        foreach (string text in arguments.All("--ramp"))
        {
            string[] parts = text.Split(':');
            if (parts.Length is < 2 or > 3)
                throw new UsageException($"'{text}' is no ramp; KEY:SIZE[:SEED] is one.");
            int seed = parts.Length > 2 ? CommandArguments.ParseCount(parts[2]) : 0;
            bucket.Put(new ObjectKey(prefix + parts[0]), new RampContent(seed, CommandArguments.ParseSize(parts[1])));
        }
    }

    // The files below a directory, under the name of the directory; held in memory.
    private static void FillFromTree(S3Bucket bucket, string prefix, string directory)
    {
        string parent = Path.GetDirectoryName(directory)!;
        foreach (string path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            bucket.Put(prefix + Path.GetRelativePath(parent, path), File.ReadAllBytes(path), File.GetLastWriteTimeUtc(path));
    }

    /// <summary>Completes on SIGTERM, SIGINT and, where asked for, at the end of standard input.</summary>
    private sealed class EndOfProcess : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly PosixSignalRegistration[] _registrations;

        public EndOfProcess(bool untilInputCloses)
        {
            _registrations = [.. ((PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT]).Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _ended.TrySetResult();
            }))];
            if (untilInputCloses)
                _ = WatchInputAsync();
        }

        public Task Task => _ended.Task;

        public void Dispose()
        {
            foreach (PosixSignalRegistration registration in _registrations)
                registration.Dispose();
        }

        private async Task WatchInputAsync()
        {
            await using Stream input = Console.OpenStandardInput();
            byte[] ignored = new byte[256];
            while (await input.ReadAsync(ignored) > 0)
            {
                // Only the end of the input says something.
            }
            _ended.TrySetResult();
        }
    }
}
