using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace S3Mount.Benchmarks.Clients;

/// <summary>Reads files as a trainer does: open, read to the end, close. Runs in a process of its own.</summary>
internal static class FileClient
{
    /// <summary>Every file of a list, whole, by several threads, in the order of the list.</summary>
    public static ClientResult ReadAll(string root, string[] names, int threads)
    {
        int next = -1;
        long bytes = 0;
        long start = Stopwatch.GetTimestamp();
        Run(threads, () =>
        {
            // One read of a typical image and what follows; as PIL and torchvision read whole files.
            byte[] buffer = new byte[1 << 20];
            long mine = 0;
            for (int i = Interlocked.Increment(ref next); i < names.Length; i = Interlocked.Increment(ref next))
                mine += Read(Path.Combine(root, names[i]), buffer);
            Interlocked.Add(ref bytes, mine);
        });
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, names.Length, bytes);
    }

    /// <summary>One file from its beginning to its end.</summary>
    public static ClientResult ReadOne(string path, int bufferSize)
    {
        long start = Stopwatch.GetTimestamp();
        long bytes = Read(path, new byte[bufferSize]);
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, 1, bytes);
    }

    /// <summary>Every directory and file below a root, with a stat of each file, as os.walk and find do.</summary>
    public static ClientResult Walk(string root)
    {
        long files = 0, bytes = 0;
        long start = Stopwatch.GetTimestamp();
        foreach (FileInfo file in new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            files++;
            bytes += file.Length;
        }
        return new ClientResult(Stopwatch.GetElapsedTime(start).TotalSeconds, files, bytes);
    }

    private static long Read(string path, byte[] buffer)
    {
        using SafeFileHandle handle = File.OpenHandle(path);
        long offset = 0;
        while (true)
        {
            int read = RandomAccess.Read(handle, buffer, offset);
            if (read == 0)
                return offset;
            offset += read;
        }
    }

    internal static void Run(int threads, Action work)
    {
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() => work()))];
        foreach (Thread worker in workers)
            worker.Start();
        foreach (Thread worker in workers)
            worker.Join();
    }
}
