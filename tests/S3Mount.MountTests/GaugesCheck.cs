using System.Diagnostics;
using System.Globalization;
using S3Mount.MountTests.Mounting;

namespace S3Mount.MountTests;

/// <summary>What a daemon holds before a load and after it, when nobody reads any more.</summary>
internal sealed class GaugesCheck
{
    // An idle thread of the pool ends after 20 s; the pool of connections looks for closed ones every 12.5 s.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(45);

    private readonly MountedBucket _mount;
    private readonly DaemonGauges _before;

    private GaugesCheck(MountedBucket mount, DaemonGauges before) => (_mount, _before) = (mount, before);

    /// <summary>Touches every file, some at once, so that whatever comes with the first use is not taken for growth.</summary>
    public static async Task<GaugesCheck> BeginAsync(MountedBucket mount)
    {
        await Client.ShellAsync("cd \"$1\" && ls -l > /dev/null && for i in 1 2 3 4; do ls | shuf | xargs -n 16 -P 4 cat | cat > /dev/null; done", mount.Path);
        await DaemonGauges.DropCachesAsync();
        return new GaugesCheck(mount, await DaemonGauges.OfAsync(mount));
    }

    /// <summary>Asserts that all has come back to where it was, as soon as it has.</summary>
    /// <returns>A table of both.</returns>
    public async Task<string> EndAsync()
    {
        long start = Stopwatch.GetTimestamp();
        DaemonGauges after;
        do
        {
            await DaemonGauges.DropCachesAsync();
            after = await DaemonGauges.OfAsync(_mount);
        }
        while (Grown(after).Any() && Stopwatch.GetElapsedTime(start) < _patience);
        string table = Table(after);
        Assert.That(Grown(after), Is.Empty, $"has come back {_patience.TotalSeconds} s after the load\n{table}");
        return table;
    }

    private IEnumerable<string> Grown(DaemonGauges after) =>
        Rows(after).Where(row => row.After > row.Before + row.Allowance).Select(row => row.Name);

    private IEnumerable<(string Name, string Unit, long Before, long After, long Allowance)> Rows(DaemonGauges after)
    {
        // 35 MiB were seen, and 47 with a cache: the collector gives back some of it 10 s later, the threads of the cache keep theirs.
        yield return ("resident", "KiB", _before.Resident >> 10, after.Resident >> 10, 64 << 10);
        // A call from status may still be closing.
        yield return ("handles", "", _before.Handles, after.Handles, 2);
        // The pool has more after a load than before, and starts one now and then.
        yield return ("threads", "", _before.Threads, after.Threads, 6);
        // Those that are idle stay for a while.
        yield return ("connections", "", _before.Connections, after.Connections, 4);
        yield return ("inodes", "", _before.Inodes, after.Inodes, 0);
        yield return ("blocks", "KiB", _before.Blocks >> 10, after.Blocks >> 10, 0);
        yield return ("requests in flight", "", _before.InFlight, after.InFlight, 0);
    }

    private string Table(DaemonGauges after) =>
        "gauge                    before      after  allowed more\n" + string.Join('\n', Rows(after).Select(row =>
            string.Create(CultureInfo.InvariantCulture, $"{row.Name,-20} {row.Before,10} {row.After,10} {row.Allowance,13} {row.Unit}")));
}
