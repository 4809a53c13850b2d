using System.Collections.Immutable;
using System.Text;
using Mono.Unix.Native;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.ObjectStore;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Model;

internal sealed partial class ModelRun
{
    /// <returns>Whether the name leads to a directory.</returns>
    private async Task<bool> LookUpAsync(string directory, string name)
    {
        _rig.TakeCalls();
        int length = Encoding.UTF8.GetByteCount(name);
        FakeReply<FuseEntryOut> reply = await _rig.Kernel.LookupAsync(_directories[directory], name);
        if (length > 255)
        {
            Check(reply.Error == Errno.ENAMETOOLONG, $"a name of {length} bytes gave {reply.Error}");
            return false;
        }
        Check(reply.IsOk, $"LOOKUP of {directory}{name} gave {reply.Error}");
        int prefix = Encoding.UTF8.GetByteCount(_scenario.Prefix + directory);
        if (!ModelBucket.IsName(name) || prefix + length > ObjectStore.ObjectKey.MaxLength)
            Check(Asked(directory) == 0, "the store was asked for a key that it cannot hold");
        Check(Asked(directory) <= (2 * Pages(directory)) + 4, $"LOOKUP of {directory}{name} cost {Asked(directory)} LISTs");
        return await CheckEntryAsync(directory, name, reply.Value);
    }

    private async Task<bool> CheckEntryAsync(string directory, string name, FuseEntryOut entry)
    {
        TimeSpan left = new((long)(entry.EntryValid * TimeSpan.TicksPerSecond) + (entry.EntryValidNsec / 100));
        TimeSpan asked = _now + left - _ttl;
        if (entry.NodeId == 0)
        {
            Check(left > TimeSpan.Zero && left <= _negativeTtl, $"a negative entry for {left}");
            Check(_bucket.Between(asked, _now).Any(state => Find(state, directory, name) is null), $"{directory}{name} is there, but was not found");
            return false;
        }
        Check(left > TimeSpan.Zero && left <= _ttl, $"an entry for {left}");
        Check(entry.AttrSeconds() <= entry.EntrySeconds(), "attributes outlive their entry");
        if ((entry.Attr.Mode & 0xf000) == 0x4000)
        {
            Check(_bucket.Between(asked, asked).Any(state => Find(state, directory, name) is { IsDirectory: true }), $"{directory}{name} was no directory when the store was asked");
            CheckMeaning(entry.NodeId, $"{directory}{name}/");
            string path = $"{directory}{name}/";
            Check(!_directories.TryGetValue(path, out NodeId known) || known.Value == entry.NodeId, $"the node id of {path} has changed");
            _directories[path] = new NodeId(entry.NodeId);
            return true;
        }
        FakeReply<byte[]> etag = await _rig.Kernel.GetXattrAsync(new NodeId(entry.NodeId), "user.s3.etag"u8.ToArray());
        string version = Encoding.UTF8.GetString(etag.Required);
        ModelEntry? then = _bucket.Between(asked, asked).Select(state => Find(state, directory, name)).FirstOrDefault(one =>
            one is { Object: { } stored } && stored.ETag == version && stored.Content.Length == (long)entry.Attr.Size && stored.LastModified == (long)entry.Attr.Mtime);
        Check(then is not null, $"{directory}{name} was not that version when the store was asked");
        CheckMeaning(entry.NodeId, $"{directory}{name} {version}");
        Hold(new HeldFile(directory, name, new NodeId(entry.NodeId), then!.Object!));
        return false;
    }

    // The version that a name stood for last keeps its node id while the kernel holds it.
    private void Hold(HeldFile file)
    {
        bool isHeld = _lastOfName.TryGetValue(file.Key, out HeldFile? last) && _files.Any(one => one.Node == last.Node);
        Check(!isHeld || last!.Version.ETag != file.Version.ETag || last.Node == file.Node, $"{file.Key} has a new node id for the same version");
        _lastOfName[file.Key] = file;
        _files.RemoveAll(one => one.Node == file.Node);
        _files.Add(file);
    }

    // A node id means one thing for ever.
    private void CheckMeaning(ulong node, string meaning)
    {
        Check(_meaningOfNodes.TryAdd(node, meaning) || _meaningOfNodes[node] == meaning, $"node {node} was '{_meaningOfNodes[node]}' and is '{meaning}' now");
    }

    private async Task ListAsync(string directory, bool plus, uint size)
    {
        IReadOnlyList<FakeDirent> entries = await _rig.Kernel.ListAsync(_directories[directory], plus, size);
        Check(Asked(directory) <= (2 * Pages(directory)) + 2, $"the directory was listed by {Asked(directory)} requests");
        await CheckListingAsync(directory, plus, entries, _now);
        await CheckTimeAsync(directory, entries);
    }

    private async Task CheckListingAsync(string directory, bool plus, IReadOnlyList<FakeDirent> entries, TimeSpan began)
    {
        Check(entries.Count >= 2 && entries[0].Name == "." && entries[1].Name == "..", "no dots");
        string shown = string.Join('|', entries.Skip(2).Select(entry => entry.Name + (entry.Type == FakeDirent.Directory ? "/" : "")));
        Check(_bucket.Between(began - _ttl, began).Any(state => Shown(List(state, directory)) == shown), $"'{directory}' was never '{shown}'");
        if (!plus)
            return;
        foreach (FakeDirent dirent in entries.Skip(2))
        {
            FuseEntryOut entry = dirent.Entry!.Value;
            if (entry.NodeId == 0)
                continue;
            Check(entry.Attr.Ino == dirent.Ino, "d_ino is not st_ino");
            await CheckEntryAsync(directory, dirent.Name, entry);
        }
    }

    // The mtime of a directory stands for its listing: the kernel keeps the entries while it does not change.
    private async Task CheckTimeAsync(string directory, IReadOnlyList<FakeDirent>? shown)
    {
        FuseAttrOut attr = (await _rig.Kernel.GetAttrAsync(_directories[directory])).Required;
        Check((attr.Attr.Mode & 0xf000) == 0x4000 && attr.AttrSeconds() <= 60, "attributes of a directory");
        TimeSpan left = new((long)(attr.AttrValid * TimeSpan.TicksPerSecond) + (attr.AttrValidNsec / 100));
        ImmutableDictionary<string, ModelObject>[] states = [.. _bucket.Between(_now + left - _ttl, _now + left - _ttl)];
        if (shown is null || left == TimeSpan.Zero || states.Length != 1)
            return;
        ModelEntry[] listed = List(states[0], directory);
        Check(Shown(listed) == Shown(shown), $"'{directory}' has the time of another listing than it shows");
        string signature = string.Join('\n', listed.Select(entry => entry.Signature));
        string time = $"{directory} {attr.Attr.Mtime}.{attr.Attr.MtimeNsec}";
        string known = _listingOfTimes.GetValueOrDefault(time, signature);
        Check(known == signature, $"'{directory}' has the same time for two listings");
        _listingOfTimes[time] = signature;
        string timed = $"{directory}\n{signature}";
        string before = _listingOfTimes.GetValueOrDefault(timed, time);
        Check(before == time, $"'{directory}' has two times for the same listing");
        _listingOfTimes[timed] = time;
    }

    private async Task BeginWalkAsync(string directory, bool plus)
    {
        FakeReply<IReadOnlyList<FakeDirent>> reply = await ReadDirAsync(directory, plus, 0, 450);
        _walk = new OpenWalk(directory, plus, _now, [.. reply.Required]);
    }

    private async Task ContinueWalkAsync(uint size)
    {
        if (_walk is null)
            return;
        FakeReply<IReadOnlyList<FakeDirent>> reply = await ReadDirAsync(_walk.Directory, _walk.Plus, _walk.Entries[^1].Offset, size);
        _walk.Entries.AddRange(reply.Required);
        Check(!_rig.Store.Calls.Any(call => IsFirstPage(call, _walk.Directory)), "a reader that goes on begins no listing");
        if (reply.Value.Count > 0)
            return;
        // Entries of answers that came at other times are not compared again: their lookups were.
        await CheckListingAsync(_walk.Directory, plus: false, _walk.Entries, _walk.Began);
        _walk = null;
    }

    private async Task<FakeReply<IReadOnlyList<FakeDirent>>> ReadDirAsync(string directory, bool plus, ulong offset, uint size)
    {
        NodeId node = _directories[directory];
        if (!plus)
            return await _rig.Kernel.ReadDirAsync(node, offset, size);
        FakeReply<IReadOnlyList<FakeDirent>> reply = await _rig.Kernel.ReadDirPlusAsync(node, offset, size);
        foreach (FakeDirent dirent in reply.Required)
        {
            if (dirent.Entry is { NodeId: not 0 } entry)
                await CheckEntryAsync(directory, dirent.Name, entry);
        }
        return reply;
    }

    private async Task GetAttributesAsync(Operation step)
    {
        if (_files.Count == 0 || step.B % 2 == 0)
        {
            await CheckTimeAsync(PickDirectory(step.A), shown: null);
            return;
        }
        HeldFile file = Pick(_files, step.A);
        FuseAttrOut attr = (await _rig.Kernel.GetAttrAsync(file.Node)).Required;
        Check((long)attr.Attr.Size == file.Version.Content.Length && (attr.Attr.Mode & 0xf000) == 0x8000, $"{file.Key} has a size of {attr.Attr.Size}");
        byte[] key = (await _rig.Kernel.GetXattrAsync(file.Node, "user.s3.key"u8.ToArray())).Required;
        Check(Encoding.UTF8.GetString(key) == _scenario.Prefix + file.Key, "the key of a file is another");
        Check(Asked(directory: null) == 0, "the attributes of a version were asked for again");
    }

    // Requests for a directory or for single names. At any moment the siblings of one that was read may be listed ahead, and a file that
    // was read may be read ahead.
    private int Asked(string? directory) =>
        _rig.Store.Calls.Count(call => call.List is { } list && (list.MaxKeys != 0 || (directory is not null && call.Key == new ObjectKey(_scenario.Prefix + directory))));

    private bool IsFirstPage(StoreCall call, string directory) =>
        call.List is { ContinuationToken: null, StartAfter: null, MaxKeys: 0 } && call.Key == new ObjectKey(_scenario.Prefix + directory);

    private ModelEntry[] List(ImmutableDictionary<string, ModelObject> state, string directory) => ModelBucket.List(state, _scenario.Prefix + directory);

    private ModelEntry? Find(ImmutableDictionary<string, ModelObject> state, string directory, string name) =>
        ModelBucket.Find(state, _scenario.Prefix + directory, name);

    private static string Shown(ModelEntry[] entries) => string.Join('|', entries.Select(entry => entry.Name + (entry.IsDirectory ? "/" : "")));

    private static string Shown(IReadOnlyList<FakeDirent> entries) =>
        string.Join('|', entries.Skip(2).Select(entry => entry.Name + (entry.Type == FakeDirent.Directory ? "/" : "")));

    // Pages that a listing of the directory takes now: hidden keys count too, so all that is below it is an upper bound.
    private int Pages(string directory)
    {
        int keys = _bucket.Now.Keys.Count(key => key.StartsWith(_scenario.Prefix + directory, StringComparison.Ordinal));
        return Math.Max(1, (keys + _scenario.PageSize - 1) / _scenario.PageSize);
    }
}
