using Microsoft.Extensions.Logging;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Warming;

/// <summary>A mount that brings everything near by itself.</summary>
[CancelAfter(60_000)]
public sealed class HydrationTests
{
    [Test]
    public async Task Everything_comes_once_while_readers_read_in_their_own_order(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync("p/");
        for (int i = 0; i < 200; i++)
            rig.Store.PutRamp($"p/d{i % 5}/{i:d3}", 20_000 + i, seed: i);
        rig.Store.PutRamp("q/elsewhere", 1000);
        rig.Store.CompletesAsynchronously = true;
        rig.Files.StartHydration();
        int[] order = [.. Enumerable.Range(0, 200)];
        new Random(5).Shuffle(order);
        foreach (int i in order)
            await rig.ReadRampAsync($"d{i % 5}/{i:d3}", seed: i);
        await ReachAsync(rig, "done", cancellationToken);
        Assert.That(rig.Files.Statistics.Hydration!.Progress.Files, Is.EqualTo(200));
        // A reader and hydration may ask for the same in the same moment; here an answer takes no longer than the look for it.
        Assert.That(rig.Store.Gets, Is.InRange(200, 210));
        rig.Store.ResetCalls();
        foreach (int i in order)
            await rig.ReadRampAsync($"d{i % 5}/{i:d3}", seed: i);
        Assert.That(rig.Store.Gets, Is.Zero);
    }

    [Test]
    public async Task Where_the_store_fails_it_goes_on_a_minute_later(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync();
        rig.Mount.Put([.. Enumerable.Range(0, 30).Select(i => $"d/{i:d2}")]);
        rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable);
        rig.Files.StartHydration();
        await ReachAsync(rig, "waiting", cancellationToken);
        Assert.That(rig.Mount.Logger.Lines, Has.Exactly(1).Matches<(LogLevel Level, string Text)>(line =>
            line.Level == LogLevel.Warning && line.Text.StartsWith("hydration waits: ", StringComparison.Ordinal) && line.Text.EndsWith("; it goes on in 60 s", StringComparison.Ordinal)));
        while (rig.Files.Statistics.Hydration is not { State: "done" })
        {
            rig.Mount.Advance(61);
            await Task.Delay(10, cancellationToken);
        }
        Assert.That(rig.Store.Gets, Is.EqualTo(30));
    }

    [Test]
    public async Task The_end_of_the_mount_ends_it(CancellationToken cancellationToken)
    {
        await using WarmRig rig = await WarmRig.StartAsync();
        rig.Mount.Put([.. Enumerable.Range(0, 200).Select(i => $"d/{i:d3}")]);
        using Gate gate = rig.Store.Hold(StoreOperation.Get);
        rig.Files.StartHydration();
        await gate.WaitForArrivalsAsync(20, cancellationToken);
        await rig.Files.DisposeAsync();
        Assert.That(rig.Store.InFlight, Is.Zero);
    }

    private static async Task ReachAsync(WarmRig rig, string state, CancellationToken cancellationToken)
    {
        while (rig.Files.Statistics.Hydration?.State != state)
            await Task.Delay(5, cancellationToken);
    }
}
