using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.SavedListings;

/// <summary>
/// Random trees that change while nobody has mounted them. Whatever a mount shows before it has checked is of the state that was saved
/// or of the one that there is; once all is checked, the tree is the store's.
/// </summary>
public sealed class SavedModelTests
{
    private static readonly string[] _names = ["a", "a-", "a.b", "a0", "b", "é", "\U0001F600"];

    [TestCase(1, 60, 25)]
    [TestCase(2, 60, 25)]
    [TestCase(3, 40, 150)]
    [CancelAfter(180_000)]
    public async Task What_is_shown_is_old_or_new_and_in_the_end_new(int seed, int runs, int keys, CancellationToken cancellationToken)
    {
        int scanned = 0;
        for (int run = 0; run < runs; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                scanned += await RunAsync(new Random((seed * 1009) + run), keys);
            }
            catch (AssertionException failure)
            {
                throw new AssertionException($"seed {seed}, run {run}: {failure.Message}", failure);
            }
        }
        Assert.That(scanned, Is.GreaterThan(runs / 6), "pages of scans");
    }

    // How many pages of scans the checks have asked for.
    private static async Task<int> RunAsync(Random random, int keys)
    {
        await using var saved = new SavedRig();
        saved.Store.PageSize = random.Next(2) == 0 ? 1000 : random.Next(1, 5);
        Change(random, saved, keys);
        string before = "";
        int scanned = 0;
        for (int mount = 0; mount < 4; mount++)
        {
            var states = new HashSet<string>(Paths(before));
            string now = Text(saved);
            states.UnionWith(Paths(now));
            await using (MountRig rig = await saved.MountAsync())
            {
                // A part of the tree, as it comes.
                await VisitAsync(rig, random, states, Paths(now), NodeId.Root, "");
                if (random.Next(3) > 0)
                {
                    await rig.EndListingsAsync();
                    int flat = saved.FlatLists;
                    await SavedRig.EndChecksAsync(rig);
                    scanned += saved.FlatLists - flat;
                    // Directories that were never shown as saved may still hold what was listed for a walk.
                    await WalkCheckedAsync(rig, now);
                }
            }
            // What was shown and not checked stays saved.
            before = before + "\n" + now;
            Change(random, saved, random.Next(keys / 2));
        }
        return scanned;
    }

    private static async Task WalkCheckedAsync(MountRig rig, string now)
    {
        string[] tree = [];
        // What a walk shows for the first time may be saved, too.
        do
        {
            tree = await SavedRig.WalkAsync(rig, plus: true);
            bool wasUnchecked = SavedRig.Status(rig).Unchecked > 0;
            await SavedRig.EndChecksAsync(rig);
            if (!wasUnchecked)
                break;
        }
        while (true);
        Assert.That(tree, Is.EqualTo(Paths(now).Select(path => path.Split(' ')[0]).Order(StringComparer.Ordinal)));
        foreach (string path in Paths(now).Where(path => path.Contains(' ', StringComparison.Ordinal)))
        {
            FuseEntryOut entry = await rig.WalkAsync(path.Split(' ')[0]);
            Assert.That($"{path.Split(' ')[0]} {entry.Attr.Size}", Is.EqualTo(path));
        }
    }

    private static async Task VisitAsync(MountRig rig, Random random, HashSet<string> states, string[] now, NodeId node, string path)
    {
        if (random.Next(3) > 0)
        {
            foreach (string name in await rig.ListAsync(node, plus: random.Next(2) == 0))
                Assert.That(states.Any(known => known == path + name || known.StartsWith(path + name + " ", StringComparison.Ordinal)), Is.True, $"'{path}{name}' was never there");
        }
        foreach (string name in _names)
        {
            if (random.Next(2) == 0)
                continue;
            FuseEntryOut entry = await rig.LookupAsync(node, name);
            if (entry.NodeId == 0)
            {
                Assert.That(now.Any(known => known == $"{path}{name}/" || known.StartsWith($"{path}{name} ", StringComparison.Ordinal)), Is.False, $"'{path}{name}' is there");
                continue;
            }
            bool isDirectory = (entry.Attr.Mode & 0x4000) != 0;
            string shown = isDirectory ? $"{path}{name}/" : $"{path}{name} {entry.Attr.Size}";
            Assert.That(states, Does.Contain(shown));
            if (isDirectory && random.Next(4) > 0)
                await VisitAsync(rig, random, states, now, new NodeId(entry.NodeId), $"{path}{name}/");
        }
    }

    private static void Change(Random random, SavedRig saved, int changes)
    {
        for (int i = 0; i < changes; i++)
        {
            string[] parts = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => _names[random.Next(_names.Length)])];
            string key = string.Join('/', parts) + (random.Next(10) == 0 ? "/" : "");
            if (random.Next(3) == 0)
                saved.Store.Delete(key);
            else
                saved.Store.Put(key, key.EndsWith('/') ? "" : new string('x', random.Next(1, 40)));
        }
    }

    // A line for each path: directories with a slash, files with their size.
    private static string Text(SavedRig saved)
    {
        var files = new Dictionary<string, long>();
        var directories = new HashSet<string>();
        foreach (StoredObject stored in saved.Store.Objects.ToArray())
        {
            string key = stored.Key.ToString();
            for (int slash = key.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = key.IndexOf('/', slash + 1))
                directories.Add(key[..slash]);
            if (!key.EndsWith('/'))
                files[key] = stored.Content.Length;
        }
        return string.Join('\n', [.. directories.Select(directory => directory + "/"), .. files.Where(file => !directories.Contains(file.Key)).Select(file => $"{file.Key} {file.Value}")]);
    }

    private static string[] Paths(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
