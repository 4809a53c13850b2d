using S3Mount.FileSystem.Counting;

namespace S3Mount.FileSystem.Tests.Counting;

[TestFixture]
public sealed class StripedCountersTests
{
    [Test]
    public void Nothing_that_many_threads_add_is_lost()
    {
        const int Threads = 40;
        const int Rounds = 10_000;
        var counters = new StripedCounters(3);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                counters.Add(0, 1, 2, 5);
                counters.Add(1, i);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.That((counters.Read(0), counters.Read(1), counters.Read(2)), Is.EqualTo(((long)Threads * Rounds, (long)Threads * (Rounds - 1) * Rounds / 2, 5L * Threads * Rounds)));
    }

    [Test]
    public void Adding_allocates_nothing_after_the_first_time()
    {
        var counters = new StripedCounters(2);
        counters.Add(0, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            counters.Add(0, 1, 1, 1);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [TestCase(-1)]
    [TestCase(2)]
    public void A_counter_that_is_not_there_cannot_be_read(int counter) =>
        Assert.That(() => new StripedCounters(2).Read(counter), Throws.TypeOf<ArgumentOutOfRangeException>());
}
