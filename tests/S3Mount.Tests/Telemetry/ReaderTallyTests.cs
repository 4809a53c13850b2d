using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Telemetry;
using S3Mount.Testing;

namespace S3Mount.Tests.Telemetry;

/// <summary>Who asks, and how much of that is remembered.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReaderTallyTests
{
    private static readonly Dictionary<uint, int> _nobodyWaits = [];

    private readonly FakeTimeProvider _clock = new();

    [Test]
    public void Requests_bytes_and_files_are_counted_by_pid_and_who_reads_most_comes_first()
    {
        var tally = new ReaderTally(_clock);
        tally.Count(Answer(FuseOpcode.Lookup, 7));
        tally.Count(Read(7, 100, beginsFile: true));
        tally.Count(Read(7, 50));
        tally.Count(Read(0, 1000, beginsFile: true));
        _clock.Advance(TimeSpan.FromSeconds(3));
        tally.Count(Answer(FuseOpcode.GetAttr, 9));
        Assert.That(tally.Read(new Dictionary<uint, int> { [7] = 2 }), Is.EqualTo((ReaderFigures[])
        [
            new(0, 1, 1, 1000, 0, 3), new(7, 3, 1, 150, 2, 3), new(9, 1, 0, 0, 0, 0),
        ]));
        Assert.That(tally.FilesBegun, Is.EqualTo(2));
    }

    [Test]
    public void What_belongs_to_nobody_is_not_counted()
    {
        var tally = new ReaderTally(_clock);
        foreach (FuseOpcode opcode in (FuseOpcode[])[FuseOpcode.Release, FuseOpcode.ReleaseDir, FuseOpcode.Destroy])
            tally.Count(Answer(opcode, 0));
        Assert.That(tally.Read(_nobodyWaits), Is.Empty);
    }

    [Test]
    public void Another_takes_the_place_of_who_was_answered_longest_ago_and_who_comes_back_begins_at_zero()
    {
        var tally = new ReaderTally(_clock);
        for (uint pid = 1; pid <= ReaderTally.Most; pid++)
        {
            tally.Count(Read(pid, (int)pid));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        // The eldest by birth, but not by its last answer.
        tally.Count(Read(1, 10, beginsFile: true));
        tally.Count(Read(1000, 5));
        IReadOnlyList<ReaderFigures> readers = tally.Read(_nobodyWaits);
        Assert.That(readers.Select(reader => reader.Pid), Is.EquivalentTo(Enumerable.Range(3, ReaderTally.Most - 2).Select(pid => (uint)pid).Append(1u).Append(1000u)));
        Assert.That(readers.Single(reader => reader.Pid == 1).ReadBytes, Is.EqualTo(11));
        Assert.That(readers.Single(reader => reader.Pid == 1000), Is.EqualTo(new ReaderFigures(1000, 1, 0, 5, 0, 0)));

        tally.Count(Read(2, 8));
        readers = tally.Read(_nobodyWaits);
        Assert.That(readers.Single(reader => reader.Pid == 2), Is.EqualTo(new ReaderFigures(2, 1, 0, 8, 0, 0)));
        Assert.That((readers.Count, readers.Any(reader => reader.Pid == 3)), Is.EqualTo((ReaderTally.Most, false)));
        Assert.That(tally.FilesBegun, Is.EqualTo(1), "what the forgotten have begun stays in the total");
    }

    [Test]
    public async Task Many_threads_lose_no_count()
    {
        const int Threads = 8, Each = 20_000;
        var tally = new ReaderTally(_clock);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(() =>
        {
            for (int i = 0; i < Each; i++)
                tally.Count(Read((uint)(i % 200), 3, beginsFile: i % 2 == 0));
        }, TaskCreationOptions.LongRunning)));
        IReadOnlyList<ReaderFigures> readers = tally.Read(_nobodyWaits);
        Assert.That(readers, Has.Count.EqualTo(200));
        Assert.That(readers.Select(reader => (reader.Requests, reader.ReadBytes)), Is.All.EqualTo((Threads * Each / 200L, 3L * Threads * Each / 200)));
        Assert.That(tally.FilesBegun, Is.EqualTo(Threads * Each / 2));
    }

    [Test]
    public void Who_is_known_is_counted_without_an_allocation()
    {
        var tally = new ReaderTally(_clock);
        for (int i = 0; i < 100; i++)
            tally.Count(Read(7, 100, beginsFile: true));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            tally.Count(Read(7, 100, beginsFile: true));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private FuseAnswer Read(uint pid, int bytes, bool beginsFile = false) => Answer(FuseOpcode.Read, pid) with { ReadBytes = bytes, BeginsFile = beginsFile };

    private FuseAnswer Answer(FuseOpcode opcode, uint pid) => new() { Opcode = opcode, Pid = pid, Elapsed = default, Moment = _clock.GetTimestamp() };
}
