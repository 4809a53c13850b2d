using S3Mount.Control;
using S3Mount.Control.Client;
using S3Mount.Telemetry;
using S3Mount.Top;

namespace S3Mount.Tests.Top;

/// <summary>Whole screens, as they are drawn of figures that were made up.</summary>
[TestFixture]
public sealed class TopScreenTests
{
    private static readonly MountStatus _status = TestStatus.Empty with
    {
        Kernel = new(12345, 12, 0, 0, new Dictionary<string, long>()) { LongestWaiting = 0.3 },
        Store = new(1281167, 0, 2284, 3, 5L << 40) { Connections = 64, Health = new() { InUse = 32, GetLimit = 48 } },
        Cache = TestStatus.Disk(0, 0, 120L << 30, 200L << 30),
        BeingRead = new(5, ["train-0001.tar", "train-0002.tar"]),
        Figures = TestStatus.Figures() with
        {
            KernelErrors = [new("LOOKUP", "ENOENT", 7), new("READ", "EIO", 12)],
            LastStoreFailure = new(TestStatus.Since.AddMinutes(2), "GET", "timed out", "nothing came in time"),
        },
        LastFailure = new(TestStatus.Since.AddMinutes(1), "reading 'a' failed"),
        Cost = new(null, null, null, 0.52394m),
    };

    private static readonly TopFigures _figures = new()
    {
        Status = _status,
        HasRates = true,
        ReadBytes = 412.6 * (1 << 20),
        StoreBytes = 410.2 * (1 << 20),
        DiskBytes = 2 << 20,
        Files = 1281.4,
        Requests = 4000,
        Processors = 0.74,
        Hits = new(0.931, 0.051, 0.018),
        Waits = new(3.2, [new(WaitCause.StoreLatency, 0.62), new(WaitCause.Bandwidth, 0.3), new(WaitCause.Connections, 0.08)], false),
        KernelLatency = [.. Snapshots(("READ", 0.058), ("LOOKUP", 0.014))],
        StoreLatency = [.. Snapshots(("GET", 22), ("LIST", 61), ("first byte", 19))],
        CostPerHour = 0.25m,
        Readers =
        [
            new(new(4711, "python3", null), 4, 400.0 * (1 << 20), 1200, 3900, 11, 137L << 30),
            new(ReaderProcess.Elsewhere, 1, 12.6 * (1 << 20), 81.4, 90, 1, 9L << 20),
            new(new(4713, "猫\e[2J", null), 1, 0, 0, 0.5, 0, 0),
            new(new(4194304, "cat", "ended"), 1, 0, 0, 0, 0, 3),
        ],
    };

    private static readonly TopFrame _frame = new("s3mount#bucket/prefix", "/mnt/imagenet", TestStatus.Since.AddMinutes(125))
    {
        Figures = _figures,
        ReadGraph = [.. Enumerable.Range(0, 40).Select(i => i * 1e7)],
        StoreGraph = [1e9, 0, 5e8],
        FilesGraph = [3, 2, 1],
    };

    [Test]
    public void A_terminal_of_80_columns_and_24_lines() => Check(Draw(_frame, 80, 24), """
        s3://bucket/prefix/ at /mnt/imagenet                          running  05:09:05Z
        up 2 h 5 min, process 4711, s3mount 1.2.3; metadata-ttl 1h

        read         412.6 MiB/s  ▁▂▂▂▂▂▃▃▃▃▃▄▄▄▄▄▅▅▅▅▅▆▆▆▆▆▇▇▇▇▇█████   max 371.9 MiB/s
        store        410.2 MiB/s                                   █ ▄   max 953.7 MiB/s
        files            1,281/s                                   █▆▃         max 3.0/s
        waiting for store latency 62 %, bandwidth 30 %, connections 8 % (3.2 waiting)
        found in    memory 93.1 %, disk cache 5.1 %, store 1.8 %
        in flight   12 requests, 32 of 64 connections (GETs held to 48, as the store th…
        latency     READ 60 us (99 %: 64 us), LOOKUP 13 us (14 us)
        of store    GET 23 ms (25 ms), first byte 18 ms (20 ms), LIST 61 ms (65 ms)
        retries     3 of 1,283,451 requests; last GET nothing came in time at 03:06:05Z
        errors      READ EIO 12; last 03:05:05Z reading 'a' failed
        memory      1.0 GiB of 4.0 GiB for blocks, 1.5 GiB in all; 0.7 of 2 CPUs
        disk cache  120.0 GiB of 200.0 GiB; 2.0 MiB/s read from it
        cost        0.5239 so far, 0.25 an hour as it goes now
        being read  5 files: train-0001.tar, train-0002.tar, ...

            PID  READER                      READS    FILES  REQUESTS WAITING     IN ALL
           4711  python3 (4 threads)   400.0 MiB/s  1,200/s   3,900/s      11  137.0 GiB
              0  other pid namespace    12.6 MiB/s     81/s      90/s       1    9.0 MiB
           4713  猫?[2J                      0 B/s      0/s     0.5/s       0        0 B
        4194304  cat (ended)                 0 B/s      0/s       0/s       0        3 B
        """);

    [Test]
    public void A_wide_and_high_one() => Check(Draw(_frame, 130, 40), """
        s3://bucket/prefix/ at /mnt/imagenet                                                                            running  05:09:05Z
        up 2 h 5 min, process 4711, s3mount 1.2.3; metadata-ttl 1h

        read         412.6 MiB/s                                                 ▁▁▁▁▂▂▂▂▂▃▃▃▃▃▄▄▄▄▄▅▅▅▅▅▆▆▆▆▆▇▇▇▇▇█████   max 371.9 MiB/s
        store        410.2 MiB/s                                                                                     █ ▄   max 953.7 MiB/s
        files            1,281/s                                                                                     █▆▃         max 3.0/s
        waiting for store latency 62 %, bandwidth 30 %, connections 8 % (3.2 waiting)
        found in    memory 93.1 %, disk cache 5.1 %, store 1.8 %
        in flight   12 requests, 32 of 64 connections (GETs held to 48, as the store throttles)
        latency     READ 60 us (99 %: 64 us), LOOKUP 13 us (14 us)
        of store    GET 23 ms (25 ms), first byte 18 ms (20 ms), LIST 61 ms (65 ms)
        retries     3 of 1,283,451 requests; last GET nothing came in time at 03:06:05Z
        errors      READ EIO 12; last 03:05:05Z reading 'a' failed
        memory      1.0 GiB of 4.0 GiB for blocks, 1.5 GiB in all; 0.7 of 2 CPUs
        disk cache  120.0 GiB of 200.0 GiB; 2.0 MiB/s read from it
        cost        0.5239 so far, 0.25 an hour as it goes now
        being read  5 files: train-0001.tar, train-0002.tar, ...

            PID  READER                                                                        READS    FILES  REQUESTS WAITING     IN ALL
           4711  python3 (4 threads)                                                     400.0 MiB/s  1,200/s   3,900/s      11  137.0 GiB
              0  other pid namespace                                                      12.6 MiB/s     81/s      90/s       1    9.0 MiB
           4713  猫?[2J                                                                        0 B/s      0/s     0.5/s       0        0 B
        4194304  cat (ended)                                                                   0 B/s      0/s       0/s       0        3 B
        """);

    [Test]
    public void A_small_one_leaves_out_what_matters_least() => Check(Draw(_frame, 60, 12), """
        s3://bucket/prefix/ at /mnt/imagenet      running  05:09:05Z
        read         412.6 MiB/s  ▅▆▆▆▆▆▇▇▇▇▇█████   max 371.9 MiB/s
        store        410.2 MiB/s               █ ▄   max 953.7 MiB/s
        waiting for store latency 62 %, bandwidth 30 %, connections…
        found in    memory 93.1 %, disk cache 5.1 %, store 1.8 %
        in flight   12 requests, 32 of 64 connections (GETs held to…
        latency     READ 60 us (99 %: 64 us), LOOKUP 13 us (14 us)
            PID  READER             READS    FILES  REQUESTS WAITING
           4711  python3 (4…  400.0 MiB/s  1,200/s   3,900/s      11
              0  other pid …   12.6 MiB/s     81/s      90/s       1
           4713  猫?[2J             0 B/s      0/s     0.5/s       0
        4194304  cat (ended)        0 B/s      0/s       0/s       0
        """);

    [Test]
    public void One_without_unicode() => Check(Draw(_frame, 80, 24, isUnicode: false), """
        s3://bucket/prefix/ at /mnt/imagenet                          running  05:09:05Z
        up 2 h 5 min, process 4711, s3mount 1.2.3; metadata-ttl 1h

        read         412.6 MiB/s  .:::::-----=====+++++*****#####@@@@@   max 371.9 MiB/s
        store        410.2 MiB/s                                   @ =   max 953.7 MiB/s
        files            1,281/s                                   @*-         max 3.0/s
        waiting for store latency 62 %, bandwidth 30 %, connections 8 % (3.2 waiting)
        found in    memory 93.1 %, disk cache 5.1 %, store 1.8 %
        in flight   12 requests, 32 of 64 connections (GETs held to 48, as the store th~
        latency     READ 60 us (99 %: 64 us), LOOKUP 13 us (14 us)
        of store    GET 23 ms (25 ms), first byte 18 ms (20 ms), LIST 61 ms (65 ms)
        retries     3 of 1,283,451 requests; last GET nothing came in time at 03:06:05Z
        errors      READ EIO 12; last 03:05:05Z reading 'a' failed
        memory      1.0 GiB of 4.0 GiB for blocks, 1.5 GiB in all; 0.7 of 2 CPUs
        disk cache  120.0 GiB of 200.0 GiB; 2.0 MiB/s read from it
        cost        0.5239 so far, 0.25 an hour as it goes now
        being read  5 files: train-0001.tar, train-0002.tar, ...

            PID  READER                      READS    FILES  REQUESTS WAITING     IN ALL
           4711  python3 (4 threads)   400.0 MiB/s  1,200/s   3,900/s      11  137.0 GiB
              0  other pid namespace    12.6 MiB/s     81/s      90/s       1    9.0 MiB
           4713  ??[2J                       0 B/s      0/s     0.5/s       0        0 B
        4194304  cat (ended)                 0 B/s      0/s       0/s       0        3 B
        """);

    [Test]
    public void Before_the_second_look_there_are_no_rates() => Check(Draw(_frame with
    {
        Figures = _figures with { HasRates = false, Readers = [], Status = _status with { Cost = null, Cache = null, BeingRead = null, Figures = null } },
        ReadGraph = [],
        StoreGraph = [],
        FilesGraph = [],
    }, 80, 24), """
        s3://bucket/prefix/ at /mnt/imagenet                          running  05:09:05Z
        up 2 h 5 min, process 4711, s3mount 1.2.3; metadata-ttl 1h

        read                   -                                               max 0 B/s
        store                  -                                               max 0 B/s
        files                  -                                                 max 0/s
        waiting for -
        found in    -
        in flight   12 requests, 32 of 64 connections (GETs held to 48, as the store th…
        latency     READ 60 us (99 %: 64 us), LOOKUP 13 us (14 us)
        of store    GET 23 ms (25 ms), first byte 18 ms (20 ms), LIST 61 ms (65 ms)
        retries     3 of 1,283,451 requests
        errors      none
        memory      1.0 GiB of 4.0 GiB for blocks, 1.5 GiB in all

            PID  READER                      READS    FILES  REQUESTS WAITING     IN ALL
                 nobody just now
        """);

    [Test]
    public void A_daemon_that_does_not_answer_is_said_over_what_is_known() =>
        Assert.That(Draw(_frame with { Problem = "the daemon of /mnt/imagenet does not answer within 2 s (for 12 s)" }, 80, 24).Split('\n')[..3], Is.EqualTo((string[])
        [
            "s3://bucket/prefix/ at /mnt/imagenet                        no answer  05:09:05Z",
            "the daemon of /mnt/imagenet does not answer within 2 s (for 12 s); trying again",
            "up 2 h 5 min, process 4711, s3mount 1.2.3; metadata-ttl 1h",
        ]));

    [Test]
    public void Before_the_first_answer_there_is_a_name_and_nothing_else()
    {
        var frame = new TopFrame("s3mount#bucket/prefix", "/mnt", TestStatus.Since);
        Assert.That(Draw(frame, 60, 24), Is.EqualTo("s3mount#bucket/prefix at /mnt                      03:04:05Z\nasking the daemon\n"));
        Assert.That(Draw(frame with { Problem = "it has died" }, 60, 24), Is.EqualTo("s3mount#bucket/prefix at /mnt           no answer  03:04:05Z\nit has died; trying again\n"));
    }

    [Test]
    public void No_size_gets_more_than_it_has_room_for()
    {
        var cells = new CellText(isUnicode: true);
        TopFrame frame = _frame with { Problem = "of the test", Figures = _figures with { Readers = [.. Enumerable.Range(0, 300).Select(i => _figures.Readers[i % 4] with { Total = i })] } };
        for (int width = 1; width < 160; width += 7)
        {
            for (int height = 1; height < 60; height++)
            {
                IReadOnlyList<ScreenLine> lines = new TopScreen(isUnicode: true).Draw(frame, new ScreenSize(width, height));
                Assert.That(lines, Has.Count.LessThanOrEqualTo(height));
                Assert.That(lines.Select(line => cells.ColumnsOf(line.Text)), Is.All.LessThanOrEqualTo(width), $"{width}x{height}");
            }
        }
    }

    [Test]
    public void Readers_that_find_no_room_are_counted()
    {
        TopFrame frame = _frame with { Figures = _figures with { Readers = [.. Enumerable.Range(0, 30).Select(i => new ReaderRow(new ReaderProcess((uint)i + 1, "r", null), 1, 0, 0, 0, 0, 0))] } };
        string[] lines = Draw(frame, 80, 24).TrimEnd('\n').Split('\n');
        int shown = lines.Count(line => line.EndsWith(" 0 B", StringComparison.Ordinal));
        Assert.That((lines.Length, lines[^1]), Is.EqualTo((24, $"         and {30 - shown} more")));
        Assert.That(shown, Is.GreaterThanOrEqualTo(3));
    }

    private static void Check(string screen, string expected) => Assert.That(screen.TrimEnd('\n'), Is.EqualTo(expected), screen);

    private static string Draw(TopFrame frame, int width, int height, bool isUnicode = true) =>
        string.Concat(new TopScreen(isUnicode).Draw(frame, new ScreenSize(width, height)).Select(line => line.Text.TrimEnd() + "\n"));

    private static IEnumerable<KeyValuePair<string, LatencySnapshot>> Snapshots(params (string Name, double Milliseconds)[] requests) =>
        requests.Select(request => KeyValuePair.Create(request.Name, LatencySnapshot.Of(TestStatus.Latency((request.Name, 100, request.Milliseconds))[request.Name])));
}
