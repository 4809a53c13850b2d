using System.Text;
using System.Text.Unicode;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.Fuse;
using S3Mount.ObjectStore;
using S3Mount.Testing.Fuse;
using S3Mount.Testing.Fuzzing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Fuzz;

/// <summary>
/// Buckets with any keys: what a path can name is there, under exactly that path, with the bytes of its own key; what none can name is counted.
/// An input is keys, one behind another with a separator between them; those that are not UTF-8 no store holds. A key's content is the key.
/// </summary>
[Category("Fuzz")]
internal sealed class KeyFuzzTests
{
    private const byte Separator = 0x1e;

    private static readonly byte[][] _words =
    [
        .. FuzzRun.Words("/", "//", "..", "../", ".", "./", "\0", "\n", "\u0001", "\u007f", "\u00ff", "\u00c3\u00a9", "e\u00cc\u0081", "\u00ed\u00a0\u0080", "\u00c0\u00af", "A", "a", " ", "\\", "%2F", "*", "-"),
        [Separator], [.. Enumerable.Repeat((byte)'n', 255)], [.. Enumerable.Repeat((byte)'n', 256)], [.. Enumerable.Repeat("d/"u8.ToArray(), 130).SelectMany(bytes => bytes)],
    ];

    [Test]
    public void Every_key_is_shown_as_its_own_or_hidden_and_counted()
    {
        Corpus corpus = Corpus.OfTexts(
            "Keys", "a\u001ed/b\u001ed/c/e\u001eempty/\u001ez", "../x\u001ea/../../b\u001e./a\u001ea/.\u001e/abs\u001ea//b\u001ea/\u001e..", "A\u001ea\u001e\u00e9\u001ee\u0301\u001eA/x\u001ea/x\u001e\u00e9/x\u001ee\u0301/x",
            "a\0b\u001ea\nb\u001ed\u0001/x\u001e\u007f\u001e \u001e-rf\u001e\\", new string('n', 255) + "\u001e" + new string('n', 256) + "\u001ed/" + new string('m', 300));
        FuzzResult result = new FuzzRun { Corpus = corpus, Executions = 400, Tokens = _words, MaxLength = 2000 }.Run(ExecuteAsync);
        Assert.That(result.Count("all are shown"), Is.GreaterThan(result.Executions / 20));
        Assert.That(result.Count("some are hidden"), Is.GreaterThan(result.Executions / 20));
    }

    private static async Task<string> ExecuteAsync(byte[] input)
    {
        byte[][] keys = [.. Split(input).Where(key => key.Length is > 0 and <= ObjectKey.MaxLength && Utf8.IsValid(key)).DistinctBy(Convert.ToHexString)];
        await using MountRig rig = await MountRig.StartAsync();
        foreach (byte[] key in keys)
            rig.Store.Put(new ObjectKey(key), new BytesContent(key));
        Dictionary<string, byte[]> expected = keys.Where(key => IsFile(key, keys)).ToDictionary(key => Encoding.UTF8.GetString(key));
        var found = new Dictionary<string, byte[]>();
        await VisitAsync(rig, NodeId.Root, "", found, isPlus: input.Length % 2 == 0);
        FuzzCheckException.Unless(found.Keys.ToHashSet().SetEquals(expected.Keys), "other files than the keys name");
        FuzzCheckException.Unless(found.All(file => file.Value.AsSpan().SequenceEqual(expected[file.Key])), "the bytes of another key");
        bool isHidden = keys.Any(key => !Components(key).All(IsName));
        FuzzCheckException.Unless(rig.FileSystem.Statistics.HiddenKeys > 0 == isHidden, $"{rig.FileSystem.Statistics.HiddenKeys} keys are counted as hidden");
        return isHidden ? "some are hidden" : "all are shown";
    }

    private static async Task VisitAsync(MountRig rig, NodeId directory, string path, Dictionary<string, byte[]> found, bool isPlus)
    {
        foreach (FakeDirent entry in (await rig.Kernel.ListAsync(directory, isPlus)).Where(entry => entry.Name is not ("." or "..")))
        {
            FuzzCheckException.Unless(!entry.Name.Contains('/') && !entry.Name.Contains('\0') && entry.Name.Length > 0, "a name that no path can have");
            Fuse.Protocol.FuseEntryOut inode = await rig.LookupAsync(directory, entry.Name);
            FuzzCheckException.Unless(inode.NodeId != 0, "a name that was listed is not found");
            var node = new NodeId(inode.NodeId);
            if (entry.Type == FakeDirent.Directory)
                await VisitAsync(rig, node, $"{path}{entry.Name}/", found, isPlus);
            else
                FuzzCheckException.Unless(found.TryAdd(path + entry.Name, await rig.ReadAsync(node, inode.Attr.Size)), "a name stands there twice");
        }
    }

    // A key that a path can name, and that is not the name of a directory too.
    private static bool IsFile(byte[] key, byte[][] keys) =>
        Components(key).All(IsName) && key[^1] != '/' && !keys.Any(other => other.AsSpan().StartsWith((byte[])[.. key, (byte)'/']));

    // The slash at the end of a marker begins no other component.
    private static IEnumerable<byte[]> Components(byte[] key)
    {
        byte[] named = key[^1] == '/' ? key[..^1] : key;
        for (int from = 0, to; from <= named.Length; from = to + 1)
        {
            to = named.AsSpan(from).IndexOf((byte)'/');
            to = to < 0 ? named.Length : from + to;
            yield return named[from..to];
        }
    }

    private static bool IsName(byte[] name) =>
        name.Length is > 0 and <= 255 && !name.Contains((byte)0) && Encoding.Latin1.GetString(name) is not ("." or "..");

    private static IEnumerable<byte[]> Split(byte[] input)
    {
        for (int from = 0, to; from <= input.Length; from = to + 1)
        {
            to = input.AsSpan(from).IndexOf(Separator);
            to = to < 0 ? input.Length : from + to;
            yield return input[from..to];
        }
    }
}
