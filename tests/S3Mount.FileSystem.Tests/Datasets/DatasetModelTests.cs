using System.Text;
using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Datasets;

/// <summary>Datasets come and go at random between reads and lookups; what the kernel holds must stand for what it was given for, or for nothing.</summary>
[CancelAfter(120_000)]
public sealed class DatasetModelTests
{
    private const int Steps = 1500;

    [Test]
    public async Task Whatever_comes_and_goes_each_node_id_stands_for_its_own_file_or_is_stale([Range(1, 6)] int seed)
    {
        var random = new Random(seed);
        await using DatasetRig rig = await DatasetRig.StartAsync();
        // Each dataset that ever was has bytes of its own.
        var shown = new Dictionary<string, int>();
        var held = new Dictionary<NodeId, (string Name, int Made, int File)>();
        int made = 0;
        for (int step = 0; step < Steps; step++)
        {
            string name = $"d{random.Next(5)}";
            switch (random.Next(12))
            {
                case 0 when shown.Remove(name):
                    await rig.RemoveAsync(name);
                    break;
                case 0:
                    shown.Add(name, ++made);
                    await rig.AddAsync(name, Store(made));
                    break;
                case < 5:
                    int file = random.Next(4);
                    FakeReply<Fuse.Protocol.FuseEntryOut> dataset = await rig.Kernel.LookupAsync(NodeId.Root, name);
                    Assert.That(dataset.Required.NodeId != 0, Is.EqualTo(shown.ContainsKey(name)));
                    if (dataset.Value.NodeId == 0)
                        break;
                    NodeId node = await rig.NodeAsync($"{name}/dir{file % 2}/file{file}");
                    Assert.That(!held.TryGetValue(node, out (string, int, int) known) || known == (name, shown[name], file), $"node id {node} stands for {known}, too");
                    held[node] = (name, shown[name], file);
                    break;
                case < 10 when held.Count > 0:
                    (NodeId id, (string of, int which, int number)) = held.ElementAt(random.Next(held.Count));
                    (Errno error, byte[] bytes) = await rig.ReadAsync(id);
                    if (shown.TryGetValue(of, out int now) && now == which)
                        Assert.That((error, Encoding.UTF8.GetString(bytes)), Is.EqualTo(((Errno)0, Text(which, number))));
                    else
                        Assert.That(error, Is.EqualTo(Errno.ESTALE));
                    break;
                case 10 when held.Count > 0:
                    NodeId forgotten = held.Keys.ElementAt(random.Next(held.Count));
                    rig.Kernel.Forget(forgotten, (ulong)rig.Kernel.Lookups[forgotten.Value]);
                    await rig.Kernel.SyncAsync();
                    held.Remove(forgotten);
                    break;
                default:
                    Assert.That(await rig.NamesAsync(random.Next(2) == 0), Is.EquivalentTo(shown.Keys));
                    break;
            }
        }
        Assert.That(made, Is.GreaterThan(20));
    }

    private static FakeObjectStore Store(int made)
    {
        var store = new FakeObjectStore();
        for (int file = 0; file < 4; file++)
            store.Put($"dir{file % 2}/file{file}", Text(made, file));
        return store;
    }

    private static string Text(int made, int file) => $"file {file} of dataset {made}";
}
