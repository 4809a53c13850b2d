using System.Globalization;
using S3Mount.Benchmarks;
using S3Mount.Benchmarks.Clients;
using S3Mount.Benchmarks.Mounts;
using S3Mount.Benchmarks.Results;

switch (args)
{
    case ["walk", var root]:
        FileClient.Walk(root).Print();
        return 0;
    case ["read-files", var root, var list, var threads]:
        FileClient.ReadAll(root, File.ReadAllLines(list), Number(threads)).Print();
        return 0;
    case ["read-one", var path, var buffer]:
        FileClient.ReadOne(path, Number(buffer)).Print();
        return 0;
    case ["bare-files", var bucket, var list, var connections]:
        (await BareClient.ReadAllAsync(new Uri(bucket), File.ReadAllLines(list), Number(connections))).Print();
        return 0;
    case ["bare-one", var bucket, var key, var size, var connections]:
        (await BareClient.ReadOneAsync(new Uri(bucket), key, long.Parse(size, CultureInfo.InvariantCulture), Number(connections))).Print();
        return 0;
    case ["bare-list", var bucket, var list, var connections]:
        (await BareClient.ListAsync(new Uri(bucket), File.ReadAllLines(list), Number(connections))).Print();
        return 0;
    case ["run", var program, var rounds, .. var settings]:
        return await RunAsync(program, Number(rounds), settings);
    default:
        Console.Error.WriteLine("usage: S3Mount.Benchmarks run PROGRAM ROUNDS [loopback] [remote]");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

static async Task<int> RunAsync(string program, int rounds, string[] settings)
{
    string scratch = Directory.CreateTempSubdirectory("s3mount-bench-").FullName;
    string tmpfs = Path.Combine("/dev/shm", Path.GetFileName(scratch));
    try
    {
        FillDirectory(tmpfs);
        foreach (string name in settings.Length > 0 ? settings : ["loopback"])
        {
            StoreSetting setting = name == "remote" ? StoreSetting.Remote : StoreSetting.Loopback;
            IReadOnlyList<Row> rows = await new Bench(setting, rounds, scratch).RunAsync(
                [MountPeer.S3Mount(program), MountPeer.S3Fs(), MountPeer.RCloneOff(), MountPeer.RCloneFull()], tmpfs);
            Console.WriteLine($"## {setting.Name}: {Environment.ProcessorCount} cores, {rounds} rounds, Linux {Environment.OSVersion.Version}");
            Console.WriteLine();
            Console.WriteLine(Table.Write(rows));
        }
        return 0;
    }
    finally
    {
        Directory.Delete(scratch, recursive: true);
        Directory.Delete(tmpfs, recursive: true);
    }
}

// The ceiling for warm reads: the same tree in memory.
static void FillDirectory(string directory)
{
    byte[] bytes = new byte[1 << 20];
    Random.Shared.NextBytes(bytes);
    foreach (BenchObject o in Dataset.Objects)
    {
        string path = Path.Combine(directory, o.Key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream file = File.Create(path);
        for (long left = o.Size; left > 0; left -= bytes.Length)
            file.Write(bytes, 0, (int)Math.Min(left, bytes.Length));
    }
}
