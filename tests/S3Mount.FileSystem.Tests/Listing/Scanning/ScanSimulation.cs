using S3Mount.FileSystem.Listing.Scanning;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Listing.Scanning;

/// <summary>
/// A scan in rounds: in each, all requests that the plan wants and the connections allow are answered, and the consumer takes
/// what is next. So a round is what a page takes, and neither threads nor clocks matter.
/// </summary>
internal sealed class ScanSimulation
{
    private readonly SortedKeys _keys;
    private readonly KeyRangeScannerOptions _options;

    public ScanSimulation(SortedKeys keys, int connections, long? maxBytesAhead = null)
    {
        _keys = keys;
        _options = new KeyRangeScannerOptions { MaxRequests = connections, MaxBytesAhead = maxBytesAhead ?? KeyRangeScannerOptions.DefaultMaxBytesAhead };
    }

    public int Requests { get; private set; }

    public int Rounds { get; private set; }

    public long MostBytesAhead { get; private set; }

    /// <summary>What was asked for, round by round.</summary>
    public List<string> Trace { get; } = [];

    public override string ToString() => $"{Requests} requests in {Rounds} rounds over {_options.MaxRequests} connections:\n{string.Join('\n', Trace)}";

    public void Run(string prefix = "")
    {
        var range = new KeyRange { Prefix = new ObjectKey(prefix) };
        ListPage first = _keys.List(new ListPageRequest { Prefix = range.Prefix });
        (Requests, Rounds) = (1, 1);
        int next = 0;
        Check(first, ref next);
        if (first.IsTruncated)
        {
            var plan = new ScanPlan(range, null, first, _options);
            while (!plan.IsFinished)
            {
                Round(plan);
                while (plan.TryTakePage() is { } page)
                    Check(page, ref next);
            }
        }
        Assert.That(next, Is.EqualTo(_keys.Count));
    }

    private void Round(ScanPlan plan)
    {
        var orders = new List<PageOrder>();
        while (orders.Count < _options.MaxRequests && plan.TakeOrder() is { } order)
            orders.Add(order);
        Assert.That(orders, Is.Not.Empty, "the scan stands still");
        var answers = new List<string>();
        foreach (PageOrder order in orders)
        {
            double before = plan.Waste;
            plan.Accept(order, _keys.List(order.Request));
            answers.Add($"{order.Request.StartAfter?.ToString() ?? "+"} {plan.Waste - before:f2}");
        }
        Trace.Add($"{plan.Waste:f1} of {plan.Answered}: {string.Join(", ", answers)}");
        Requests += orders.Count;
        Rounds++;
        MostBytesAhead = Math.Max(MostBytesAhead, plan.BytesAhead);
    }

    private void Check(ListPage page, ref int next)
    {
        foreach (ref readonly ListedObject listed in page.Objects.Span)
        {
            if (next >= _keys.Count || !page.KeyOf(listed).SequenceEqual(_keys[next]))
                Assert.Fail($"'{new ObjectKey(page.KeyOf(listed).ToArray())}' came where '{(next < _keys.Count ? new ObjectKey(_keys[next]) : default)}' is next");
            next++;
        }
    }
}
