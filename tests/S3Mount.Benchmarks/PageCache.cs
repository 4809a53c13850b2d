using System.Globalization;

namespace S3Mount.Benchmarks;

/// <summary>Whether somebody has told the kernel to drop its page cache (/proc/sys/vm/drop_caches), which makes warm reads cold.</summary>
internal static class PageCache
{
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
