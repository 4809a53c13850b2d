using System.Globalization;
using S3Mount.Benchmarks.Clients;

namespace S3Mount.Benchmarks;

/// <summary>
/// What is dropped from it: by this bench, of files that it has made itself, which needs no root; and whether somebody has told the kernel to drop its page cache (/proc/sys/vm/drop_caches), which makes warm reads cold.
/// </summary>
internal static class PageCache
{
    /// <summary>Drops all pages of the files below a directory, when what was written to its file system is on the disk.</summary>
    public static void Drop(string directory)
    {
        Posix.SyncFileSystem(directory);
        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            Posix.DropPages(file);
    }

    /// <summary>How often that has happened since the machine started.</summary>
    public static long Drops
    {
        get
        {
            const string Name = "drop_pagecache ";
            string? line = File.ReadLines("/proc/vmstat").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
        }
    }
}
