using System.Text;
using Mono.Unix.Native;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.Fuse;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Model;

/// <summary>
/// Runs a scenario and compares each answer with the model. An answer may be as old as the metadata TTL: it says by its entry
/// timeout when the store was asked, and must be what the bucket was then.
/// </summary>
internal sealed partial class ModelRun
{
    private static readonly TimeSpan _ttl = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _negativeTtl = TimeSpan.FromSeconds(5);
    private static readonly double[] _advances = [0.25, 1, 4, 5, 30, 59, 60, 61, 61, 200];

    private static readonly byte[][] _contents =
        [[], "x"u8.ToArray(), "y"u8.ToArray(), Ramp.Create(5000, 1), Ramp.Create(5000, 2), Ramp.Create(1_300_000, 3)];

    private readonly Scenario _scenario;
    private readonly MountRig _rig;
    private readonly ModelBucket _bucket = new();
    private readonly Dictionary<string, NodeId> _directories = new(StringComparer.Ordinal);
    private readonly List<HeldFile> _files = [];
    private readonly Dictionary<string, HeldFile> _lastOfName = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, string> _meaningOfNodes = [];
    private readonly Dictionary<string, string> _listingOfTimes = new(StringComparer.Ordinal);
    private TimeSpan _now;
    private OpenWalk? _walk;

    private ModelRun(Scenario scenario, MountRig rig)
    {
        _scenario = scenario;
        _rig = rig;
        _directories[""] = NodeId.Root;
    }

    public static async Task RunAsync(Scenario scenario)
    {
        await using MountRig rig = await MountRig.StartAsync(scenario.Prefix);
        rig.Store.PageSize = scenario.PageSize;
        var run = new ModelRun(scenario, rig);
        for (int i = 0; i < scenario.Operations.Length; i++)
        {
            try
            {
                await run.StepAsync(scenario.Operations[i]);
                // A listing goes on behind its reader; what the next step changes comes after it.
                await rig.EndListingsAsync();
                rig.TakeCalls();
            }
            catch (Exception failure) when (failure is not ModelException)
            {
                throw new ModelException($"step {i} ({scenario.Operations[i].Kind}): {failure}");
            }
            catch (ModelException failure)
            {
                throw new ModelException($"step {i} ({scenario.Operations[i].Kind}): {failure.Message}");
            }
        }
    }

    private Task StepAsync(Operation step) => step.Kind switch
    {
        OperationKind.Put => Put(Pick(_scenario.Keys, step.A), Pick(_contents, step.B)),
        OperationKind.Delete => Delete(Pick(_scenario.Keys, step.A)),
        OperationKind.Advance => Advance(Pick(_advances, step.A)),
        OperationKind.LookUp => WalkAsync(Pick(_scenario.Keys, step.A)),
        OperationKind.LookUpMissing => LookUpMissingAsync(step),
        OperationKind.List => ListAsync(PickDirectory(step.A), plus: step.B % 2 == 0, (uint)(416 + (step.C % 5000))),
        OperationKind.BeginList => BeginWalkAsync(PickDirectory(step.A), plus: step.B % 2 == 0),
        OperationKind.ContinueList => ContinueWalkAsync((uint)(416 + (step.C % 500))),
        OperationKind.GetAttributes => GetAttributesAsync(step),
        OperationKind.Read => ReadAsync(step),
        _ => ForgetAsync(step),
    };

    private Task Put(string key, byte[] content)
    {
        DateTimeOffset now = _rig.Time.GetUtcNow();
        _rig.Store.Put(key, content, now);
        _bucket.Put(_now, key, new ModelObject(content, now.ToUnixTimeSeconds()));
        return Task.CompletedTask;
    }

    private Task Delete(string key)
    {
        _rig.Store.Delete(key);
        _bucket.Delete(_now, key);
        return Task.CompletedTask;
    }

    private Task Advance(double seconds)
    {
        _rig.Advance(seconds);
        _now += TimeSpan.FromSeconds(seconds);
        return Task.CompletedTask;
    }

    // Walks the path of a key as open(2) does, as far as it leads.
    private async Task WalkAsync(string key)
    {
        if (!key.StartsWith(_scenario.Prefix, StringComparison.Ordinal))
            return;
        string path = "";
        foreach (string name in key[_scenario.Prefix.Length..].Split('/'))
        {
            if (name.Length == 0 || !_directories.ContainsKey(path) || !await LookUpAsync(path, name))
                return;
            path += name + "/";
        }
    }

    private Task<bool> LookUpMissingAsync(Operation step)
    {
        string[] names = ["c", "aa", ".", "a/"[..1] + "\u0002", "N", new('n', 254), new('n', 256), "\uFFFE", "é "];
        return LookUpAsync(PickDirectory(step.A), Pick(names, step.B));
    }

    private async Task ReadAsync(Operation step)
    {
        if (_files.Count == 0)
            return;
        HeldFile file = Pick(_files, step.A);
        int offset = step.B % (file.Version.Content.Length + 100);
        int size = 1 + (step.C % (1 << 20));
        FakeReply<byte[]> reply = await _rig.Kernel.ReadAsync(file.Node, (ulong)offset, (uint)size);
        byte[] expected = [.. file.Version.Content.Skip(offset).Take(size)];
        if (reply.IsOk)
        {
            Check(reply.Value.AsSpan().SequenceEqual(expected), $"READ of {size} at {offset} of {file.Key} gave {reply.Value.Length} bytes, not the {expected.Length} of its version");
            return;
        }
        Check(reply.Error == Errno.ESTALE, $"READ of {file.Key} gave {reply.Error}");
        bool isThere = _bucket.Now.TryGetValue(_scenario.Prefix + file.Key, out ModelObject? current) && current.ETag == file.Version.ETag;
        Check(!isThere, $"READ of {file.Key} gave ESTALE for the version that is there");
        FakeNotification notification = await _rig.Kernel.NextNotificationAsync();
        Check(notification.Name.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(file.Name)), "the kernel was told of another name");
        long lookups = _rig.Kernel.Lookups[file.Node.Value];
        await LookUpAsync(file.Directory, file.Name);
        Check(_rig.Kernel.Lookups[file.Node.Value] == lookups, $"{file.Key} still leads to the version that is gone");
    }

    private async Task ForgetAsync(Operation step)
    {
        (ulong Node, long Count)[] held = [.. _rig.Kernel.Lookups.Where(one => one.Value > 0).Select(one => (one.Key, one.Value)).OrderBy(one => one.Key)];
        if (held.Length == 0)
            return;
        (ulong node, long count) = Pick(held, step.A);
        long lookups = step.B % 2 == 0 ? count : 1 + (step.C % count);
        if (step.C % 2 == 0)
            _rig.Kernel.Forget(new NodeId(node), (ulong)lookups);
        else
            _rig.Kernel.BatchForget((new NodeId(node), (ulong)lookups));
        await _rig.Kernel.SyncAsync();
        if (lookups == count)
            _files.RemoveAll(file => file.Node.Value == node);
    }

    private string PickDirectory(int number) => Pick([.. _directories.Keys.Order(StringComparer.Ordinal)], number);

    private static T Pick<T>(IReadOnlyList<T> from, int number) => from[number % from.Count];

    private static void Check(bool condition, string message)
    {
        if (!condition)
            throw new ModelException(message);
    }

    /// <summary>A file whose node the kernel holds. The key is that below the mount's prefix.</summary>
    private sealed record HeldFile(string Directory, string Name, NodeId Node, ModelObject Version)
    {
        public string Key => Directory + Name;
    }

    /// <summary>A directory that is being read in pieces.</summary>
    private sealed record OpenWalk(string Directory, bool Plus, TimeSpan Began, List<FakeDirent> Entries);
}
