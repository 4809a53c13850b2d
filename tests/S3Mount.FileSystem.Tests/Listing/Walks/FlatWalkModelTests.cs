using System.Text;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.Listing.Walks;

/// <summary>
/// Random trees, read by random walkers at once, while keys come and go, pages fail and time passes: nobody waits for ever, and
/// each listing shows what stayed and nothing that never was.
/// </summary>
[CancelAfter(240_000)]
public sealed class FlatWalkModelTests
{
    private static readonly string[] _names = ["a", "a-", "a.", "a0", "b", "b!", "é", "\uFFFD", "\U0001F600", "-", "0", "z", "zz"];

    [Test]
    public async Task Every_listing_is_right([Range(1, 60)] int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        using var rig = new FlatWalkRig(ttl: TimeSpan.FromMinutes(random.Next(1, 200)), maxConnections: random.Next(1, 65));
        rig.Store.PageSize = random.Next(4) switch { 0 => 1000, 1 => random.Next(1, 4), 2 => random.Next(4, 20), _ => random.Next(20, 100) };
        rig.Store.CompletesAsynchronously = random.Next(2) == 0;
        var stable = new HashSet<string>();
        Grow(random, stable, "", random.Next(0, 3), random.Next(5, 40));
        string[] passing = [.. stable.Where(_ => random.Next(10) == 0).Select(key => key.TrimEnd('/') + "+/v" + random.Next(3))];
        rig.Put([.. stable]);
        rig.Put(passing);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task disturbance = random.Next(3) == 0 ? Task.CompletedTask : DisturbAsync(rig, new Random(seed + 1000), passing, over.Token);
        Task[] walkers = [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => Task.Run(() => new Walker(rig, seed * 100 + i, stable, passing).WalkAsync(rig.Root, cancellationToken), cancellationToken))];
        await Task.WhenAll(walkers).WaitAsync(cancellationToken);
        await over.CancelAsync();
        await disturbance;
        TestContext.Out.WriteLine($"{stable.Count} keys, {rig.FlatLists} flat, {rig.ListedAlone.Length} alone");
    }

    private static void Grow(Random random, HashSet<string> keys, string prefix, int depth, int breadth)
    {
        for (int i = 0; i < breadth; i++)
        {
            string name = _names[random.Next(_names.Length)] + (random.Next(3) == 0 ? "" : $"{random.Next(breadth):d2}");
            switch (random.Next(8))
            {
                case 0:
                    keys.Add(prefix + name);
                    break;
                case 1:
                    keys.Add($"{prefix}{name}/");
                    break;
                case 2 when random.Next(6) == 0:
                    keys.Add($"{prefix}{name}//x{random.Next(3)}");
                    break;
                default:
                    for (int f = random.Next(1, 6); f > 0; f--)
                        keys.Add($"{prefix}{name}/{_names[random.Next(_names.Length)]}");
                    if (depth > 0)
                        Grow(random, keys, $"{prefix}{name}/", depth - 1, random.Next(1, 12));
                    break;
            }
        }
    }

    private static async Task DisturbAsync(FlatWalkRig rig, Random random, string[] passing, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            string? key = passing.Length == 0 ? null : passing[random.Next(passing.Length)];
            switch (random.Next(40))
            {
                case < 10 when key is not null:
                    rig.Store.Delete(key);
                    break;
                case < 20 when key is not null:
                    rig.Put(key);
                    break;
                case 20:
                    rig.Store.ClearFaults();
                    rig.Store.Fail(StoreOperation.List, ObjectStoreFailure.Unavailable, number: random.Next(1, 30));
                    break;
                case 21:
                    rig.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 30)));
                    break;
            }
            for (int i = random.Next(20); i > 0; i--)
                await Task.Yield();
        }
    }

    private sealed class Walker(FlatWalkRig rig, int seed, HashSet<string> stable, string[] passing)
    {
        private readonly Random _random = new(seed);

        public async Task WalkAsync(DirectoryInode directory, CancellationToken cancellationToken)
        {
            DirectoryListing listing = await ReadAsync(directory, cancellationToken);
            Check(listing);
            DirectoryInode[] below = [.. rig.Below(listing)];
            switch (_random.Next(12))
            {
                case 0:
                    Array.Reverse(below);
                    break;
                case 1:
                    _random.Shuffle(below);
                    break;
                case 2:
                    below = [.. below.Skip(_random.Next(below.Length + 1))];
                    break;
                case 3 when directory != rig.Root:
                    return;
            }
            foreach (DirectoryInode next in below)
                await WalkAsync(next, cancellationToken);
        }

        private async Task<DirectoryListing> ReadAsync(DirectoryInode directory, CancellationToken cancellationToken)
        {
            while (true)
            {
                try
                {
                    return await rig.ReadAsync(directory, cancellationToken);
                }
                catch (ObjectStoreException)
                {
                    // The store fails now and then: asked again, it answers.
                }
            }
        }

        private void Check(DirectoryListing listing)
        {
            string prefix = Encoding.UTF8.GetString(listing.Directory.Prefix);
            string[] shown = FlatWalkRig.Shown(listing);
            Assert.That(FlatWalkRig.Expected(stable, prefix).Except(shown), Is.Empty, $"'{prefix}' lacks something");
            Assert.That(shown.Except(FlatWalkRig.Expected([.. stable, .. passing], prefix)), Is.Empty, $"'{prefix}' shows what never was");
            byte[][] order = [.. shown.Select(name => Encoding.UTF8.GetBytes(name.TrimEnd('/') + "/"))];
            Assert.That(order.Zip(order.Skip(1)).All(pair => pair.First.AsSpan().SequenceCompareTo(pair.Second) < 0), $"'{prefix}' is out of order");
            Assert.That(listing.IsComplete);
        }
    }
}
