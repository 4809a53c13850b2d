using S3Mount.FileSystem.Reading;

namespace S3Mount.FileSystem.Tests.Reading;

public sealed class ReadaheadWindowTests
{
    private const int MiB = 1 << 20;
    private const int ReadSize = 128 << 10;

    private readonly ReadaheadWindow _window = new();

    [SetUp]
    public void Forget() => _window.Reset();

    [Test]
    public void A_reader_from_the_beginning_is_read_ahead_for_at_once()
    {
        Assert.That(_window.Observe(0, ReadSize, 0).Window, Is.EqualTo(ReadaheadWindow.MinPart));
    }

    [Test]
    public void A_window_grows_while_its_stream_catches_up_with_it_and_stops_at_its_bound()
    {
        long last = 0;
        for (long offset = 0; offset < 256L * MiB; offset += MiB)
        {
            ref ReadaheadWindow.Stream stream = ref _window.Observe(offset, MiB, 0);
            stream.Stall(offset);
            Assert.That(stream.Window, Is.GreaterThanOrEqualTo(last).And.LessThanOrEqualTo(ReadaheadWindow.MaxWindow));
            last = stream.Window;
            stream.Ahead = stream.Next + stream.Window;
        }
        Assert.That(last, Is.EqualTo(ReadaheadWindow.MaxWindow));
    }

    [Test]
    public void A_window_that_is_large_enough_does_not_grow()
    {
        _window.Observe(0, MiB, 0).Stall(0);
        for (long offset = MiB; offset < 256L * MiB; offset += MiB)
            Assert.That(_window.Observe(offset, MiB, 0).Window, Is.EqualTo(8 * MiB));
    }

    [Test]
    public void Many_reads_that_wait_for_the_same_window_make_it_grow_once()
    {
        ref ReadaheadWindow.Stream stream = ref _window.Observe(0, 4 * MiB, 0);
        stream.Ahead = 8 * MiB;
        stream.Stall(0);
        for (long offset = 4L * MiB; offset < 8L * MiB; offset += ReadSize)
        {
            stream = ref _window.Observe(offset, ReadSize, 0);
            stream.Stall(offset);
        }
        Assert.That(stream.Window, Is.EqualTo(8 * MiB));
        stream = ref _window.Observe(8L * MiB, ReadSize, 0);
        stream.Stall(8L * MiB);
        Assert.That(stream.Window, Is.EqualTo(64 * MiB));
    }

    [Test]
    public void Nobody_pays_for_more_than_eight_times_what_was_read()
    {
        ref ReadaheadWindow.Stream stream = ref _window.Observe(0, ReadSize, 0);
        stream.Stall(0);
        Assert.That(stream.Window, Is.EqualTo(MiB), "the header of a file");
        stream = ref _window.Observe(ReadSize, 2 * ReadSize, 0);
        stream.Stall(ReadSize);
        Assert.That(stream.Window, Is.EqualTo(8 * 3 * ReadSize));
    }

    [Test]
    public void A_read_in_the_middle_must_prove_that_it_is_a_stream()
    {
        long offset = 50L * MiB;
        for (int read = 0; read < 7; read++, offset += ReadSize)
            Assert.That(_window.Observe(offset, ReadSize, 0).Window, Is.Zero, $"after {read + 1} reads");
        Assert.That(_window.Observe(offset, ReadSize, 0).Window, Is.EqualTo(ReadaheadWindow.MinPart));
    }

    [Test]
    public void Reads_far_apart_are_never_a_stream()
    {
        for (int read = 0; read < 100; read++)
            Assert.That(_window.Observe((10 + 7919L * read % 1000) * 4 * MiB, 100_000, 0).Window, Is.Zero);
    }

    [Test]
    public void Interleaved_readers_keep_their_own_places()
    {
        long[] starts = [0, 100L * MiB, 200L * MiB, 300L * MiB];
        for (int step = 0; step < 16; step++)
        {
            foreach (long start in starts)
            {
                ref ReadaheadWindow.Stream stream = ref _window.Observe(start + step * ReadSize, ReadSize, step);
                Assert.That((stream.Next, stream.Length), Is.EqualTo((start + (step + 1) * ReadSize, (step + 1) * ReadSize)));
            }
        }
    }

    [Test]
    public void Reads_that_overtake_each_other_are_one_stream()
    {
        foreach (int read in (int[])[1, 0, 3, 2, 5, 4, 7, 6])
            _window.Observe(8L * MiB + read * ReadSize, ReadSize, 0);
        Assert.That(_window.TryFind(9L * MiB, ReadSize, out int index), Is.True);
        Assert.That((_window[index].Next, _window[index].Length), Is.EqualTo((9L * MiB, MiB)));
    }

    [Test]
    public void The_largest_read_that_another_overtakes_belongs_to_its_stream()
    {
        foreach (int read in (int[])[0, 1, 3, 2])
            _window.Observe((long)read * MiB, MiB, 0);
        Assert.That(_window.TryFind(4L * MiB, MiB, out int index), Is.True);
        Assert.That((_window[index].Next, _window[index].Length), Is.EqualTo((4L * MiB, 4L * MiB)));
    }

    [Test]
    public void The_first_read_may_be_overtaken_and_the_stream_still_begins_at_the_beginning()
    {
        _window.Observe(ReadSize, ReadSize, 0);
        Assert.That(_window.Observe(0, ReadSize, 0).Window, Is.EqualTo(ReadaheadWindow.MinPart));
    }

    [Test]
    public void A_ninth_stream_takes_the_place_of_the_one_silent_for_longest()
    {
        for (int stream = 0; stream < 8; stream++)
            _window.Observe(stream * 10L * MiB, ReadSize, now: stream == 3 ? 0 : 10 + stream);
        _window.Observe(500L * MiB, ReadSize, 100);
        Assert.That(_window.TryFind(30L * MiB + ReadSize, ReadSize, out _), Is.False);
        Assert.That(_window.TryFind(40L * MiB + ReadSize, ReadSize, out _), Is.True);
        Assert.That(_window.TryFind(500L * MiB + ReadSize, ReadSize, out _), Is.True);
    }

    [Test]
    public void Silence_counts_from_the_last_stream_that_moved()
    {
        _window.Observe(0, ReadSize, 5);
        _window.Observe(100L * MiB, ReadSize, 9);
        Assert.That((_window.IsSilentSince(8), _window.IsSilentSince(9)), Is.EqualTo((false, true)));
    }

    [TestCase(1L, 16, MiB)]
    [TestCase(8L * MiB, 16, MiB)]
    [TestCase(64L * MiB, 16, 4 * MiB)]
    [TestCase(127L * MiB, 16, 7 * MiB)]
    [TestCase(128L * MiB, 16, 8 * MiB)]
    [TestCase(384L * MiB, 16, 8 * MiB)]
    [TestCase(64L * MiB, 48, 4 * MiB)]
    [TestCase(8L * MiB, 4, 2 * MiB)]
    [TestCase(32L * MiB, 4, 8 * MiB)]
    [TestCase(16L * MiB, 2, 8 * MiB)]
    public void Parts_that_may_be_under_way_at_once_make_up_the_window(long window, int parts, int part) =>
        Assert.That(ReadaheadWindow.PartFor(window, parts), Is.EqualTo(part));
}
