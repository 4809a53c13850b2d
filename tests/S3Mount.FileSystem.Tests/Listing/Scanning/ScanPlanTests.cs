using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>How many requests a scan takes, and how many of them one after another, however the names are made.</summary>
public sealed class ScanPlanTests
{
    [TestCaseSource(typeof(NamePattern), nameof(NamePattern.All))]
    public void A_few_pages_take_two_requests_more_than_there_are_pages(string pattern)
    {
        foreach (int count in new[] { 1001, 3000, 5000 })
        {
            var keys = new SortedKeys(NamePattern.Names(pattern, count));
            ScanSimulation simulation = Run(keys, 48);
            Assert.That(simulation.Requests, Is.LessThanOrEqualTo(Pages(keys) + 2), simulation.ToString());
            Assert.That(simulation.Rounds, Is.LessThanOrEqualTo(Pages(keys)), simulation.ToString());
        }
    }

    [TestCaseSource(typeof(NamePattern), nameof(NamePattern.All))]
    public void A_hundred_pages_take_two_fifths_of_their_time_and_a_fifth_more_requests(string pattern)
    {
        var keys = new SortedKeys(NamePattern.Names(pattern, 100_000));
        foreach (int connections in new[] { 16, 48 })
        {
            ScanSimulation simulation = Run(keys, connections);
            Assert.That(simulation.Requests, Is.LessThanOrEqualTo(Pages(keys) * 1.2), simulation.ToString());
            Assert.That(simulation.Rounds, Is.LessThanOrEqualTo(Pages(keys) * 0.4), simulation.ToString());
        }
    }

    [TestCaseSource(typeof(NamePattern), nameof(NamePattern.All))]
    public void A_thousand_pages_take_a_fifth_of_their_time_and_a_tenth_more_requests(string pattern)
    {
        // A quarter of what a store puts into a page: the plan knows pages by what it sees, and a million names take seconds to make.
        var keys = new SortedKeys(NamePattern.Names(pattern, 250_000)) { PageSize = 250 };
        foreach (int connections in new[] { 16, 48 })
        {
            ScanSimulation simulation = Run(keys, connections);
            Assert.That(simulation.Requests, Is.LessThanOrEqualTo((Pages(keys) * 1.1) + 20), simulation.ToString());
            Assert.That(simulation.Rounds, Is.LessThanOrEqualTo(Pages(keys) / 5.0), simulation.ToString());
            Assert.That(simulation.MostBytesAhead, Is.LessThanOrEqualTo(KeyRangeScannerOptions.DefaultMaxBytesAhead), simulation.ToString());
        }
    }

    [Test]
    public void A_consumer_that_takes_nothing_bounds_what_is_ahead_of_it()
    {
        var keys = new SortedKeys(NamePattern.Names("padded", 200_000));
        var range = new KeyRange { Prefix = new ObjectKey("") };
        ListPage first = keys.List(new ListPageRequest { Prefix = range.Prefix });
        long page = PageSlice.SizeInBytes(first);
        var plan = new ScanPlan(range, null, first, new KeyRangeScannerOptions { MaxRequests = 16, MaxBytesAhead = 40 * page });
        int orders = 0;
        while (plan.TakeOrder() is { } order)
        {
            plan.Accept(order, keys.List(order.Request));
            orders++;
        }
        Assert.That(orders, Is.GreaterThan(10));
        Assert.That(plan.BytesAhead, Is.InRange(10 * page, 40 * page));
        long taken = 0;
        while (plan.TryTakePage() is { } next)
            taken += PageSlice.Count(next);
        Assert.That(taken, Is.InRange(1000, 198_000));
        Assert.That(plan.TakeOrder(), Is.Not.Null, "what the consumer waits for is asked for");
    }

    [Test]
    public void With_no_room_at_all_only_the_page_that_is_awaited_is_asked_for()
    {
        var keys = new SortedKeys(NamePattern.Names("hex", 20_000));
        var simulation = new ScanSimulation(keys, 16, maxBytesAhead: 0);
        simulation.Run();
        Assert.That(simulation.Requests, Is.EqualTo(Pages(keys)));
        Assert.That(simulation.Rounds, Is.EqualTo(Pages(keys)));
    }

    private static ScanSimulation Run(SortedKeys keys, int connections)
    {
        var simulation = new ScanSimulation(keys, connections);
        simulation.Run();
        return simulation;
    }

    private static int Pages(SortedKeys keys) => (keys.Count + keys.PageSize - 1) / keys.PageSize;
}
