using System.Globalization;
using S3Mount.MountTests.Stores;

namespace S3Mount.MountTests;

/// <summary>
/// Objects of a bucket that are overwritten, and some of them deleted, as a seed draws it. <c>clients/faulty_readers.py</c> knows from
/// their names how long each version is.
/// </summary>
internal sealed class ChangingObjects
{
    private const int RecordLength = 16;
    private const int Lengths = 7;
    // Content has two digits for it.
    private const int VersionNumbers = 100;

    private readonly FaultyStore _store;
    private readonly Random _random;
    private readonly int[] _versions;
    private readonly int[] _bases;

    private ChangingObjects(FaultyStore store, int seed)
    {
        _store = store;
        _random = new Random(seed);
        int[] lengths = [.. Enumerable.Repeat(0, 150).Select(_ => _random.Next(1, 30_000) * RecordLength), 2 << 20, 3 << 20];
        string[] names = [.. lengths.Select((length, i) => string.Create(CultureInfo.InvariantCulture, $"{(i % 4 == 3 ? "gone" : "stable")}-{i:d3}-{length}"))];
        (_bases, _versions, Names) = (lengths, new int[lengths.Length], names);
    }

    public IReadOnlyList<string> Names { get; }

    public static async Task<ChangingObjects> CreateAsync(FaultyStore store, int seed)
    {
        var objects = new ChangingObjects(store, seed);
        for (int i = 0; i < objects.Names.Count; i++)
            await objects.PutAsync(i);
        return objects;
    }

    /// <summary>Put so far.</summary>
    public int Versions { get; private set; }

    /// <summary>A deletion every now and then, where the name allows it; else a new version.</summary>
    public async Task ChangeOneAsync()
    {
        int i = _random.Next(Names.Count);
        if (Names[i].StartsWith("gone", StringComparison.Ordinal) && _random.Next(2) == 0)
            await _store.DeleteAsync(Names[i]);
        else
            await PutAsync(i);
    }

    private async Task PutAsync(int i)
    {
        // A version that comes again after a hundred has the tag that it had: it is the same bytes.
        int version = ++_versions[i] % VersionNumbers;
        await _store.PutAsync(Names[i], VersionedContent.Create(version, _bases[i] + (RecordLength * (version % Lengths))));
        Versions++;
    }
}
