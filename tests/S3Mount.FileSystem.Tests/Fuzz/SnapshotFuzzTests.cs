using System.Text;
using S3Mount.FileSystem.Snapshots;
using S3Mount.FileSystem.Tests.SavedListings;
using S3Mount.FileSystem.Tests.Snapshots;
using S3Mount.Testing;
using S3Mount.Testing.Fuzzing;

namespace S3Mount.FileSystem.Tests.Fuzz;

/// <summary>Snapshots and saved listings with changed bytes, and once more with checksums that fit: they are whole, or refused in a line.</summary>
[Category("Fuzz")]
internal sealed class SnapshotFuzzTests
{
    private static readonly byte[][] _words =
    [
        [0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0, 0, 0, 0, 0x80],
        [0xff, 0xff, 0xff, 0], [0xfe, 0xff, 0xff, 0], [.. "/"u8], [.. ".."u8], [.. "\0"u8], [0xc3], [0xc3, 0xa9], [.. "a"u8], [.. "\"\""u8],
    ];

    [Test]
    public async Task A_pinned_dataset_is_whole_or_refused()
    {
        await using var small = new SnapshotRig();
        small.Put("a", 7, "00112233445566778899aabbccddeeff");
        small.Put("d/x", 300, "0123456789abcdef0123456789abcdef-2", 1_700_000_001, "GLACIER");
        small.Put("d/yz", 1, "tag");
        small.Put("e/", 0);
        await small.CreateAsync();
        byte[] first = await File.ReadAllBytesAsync(small.FilePath);
        small.Put("deep/er/and/deeper/é", 5, lastModified: -1);
        small.Put("zz", 12, lastModified: 253402300799);
        await small.CreateAsync();
        Fuzz(Corpus.Of("Snapshots", first, await File.ReadAllBytesAsync(small.FilePath)), SnapshotKind.Pinned);
    }

    [Test]
    public async Task Saved_listings_are_whole_or_refused()
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        Fuzz(Corpus.Of("SavedListings", await File.ReadAllBytesAsync(saved.FilePath)), SnapshotKind.Saved);
    }

    private static void Fuzz(Corpus corpus, SnapshotKind kind)
    {
        using var directory = new TempDirectory();
        // A file costs more than a document in memory.
        var run = new FuzzRun { Corpus = corpus, Executions = 2000, Tokens = _words, MaxAllocated = 256 * 1024, MaxLength = 8 * 1024 };
        FuzzResult result = run.Run(input =>
        {
            string outcome = Open(directory["file"], input, kind);
            SealedSnapshot.Seal(input, input.Length / 8 % SnapshotFormat.SectionCount);
            return $"{outcome}, {Open(directory["file"], input, kind)} when sealed";
        });
        Assert.That(result.Outcomes.Keys.Count(outcome => outcome.EndsWith(", whole when sealed", StringComparison.Ordinal)), Is.GreaterThan(0));
        Assert.That(result.Outcomes.Keys.Count(outcome => outcome.EndsWith(" when sealed", StringComparison.Ordinal)), Is.GreaterThan(10), "the ways to refuse");
        Assert.That(result.Outcomes.Keys.Count(outcome => outcome.Contains("checksum, ", StringComparison.Ordinal)), Is.GreaterThan(0));
    }

    private static string Open(string path, byte[] bytes, SnapshotKind kind)
    {
        File.WriteAllBytes(path, bytes);
        SnapshotFile file;
        try
        {
            file = SnapshotFile.Open(path, kind);
        }
        catch (SnapshotException exception)
        {
            string reason = exception.Message.Replace(path, "", StringComparison.Ordinal).Split(';')[0];
            return string.Concat(reason.Where(letter => !char.IsAsciiDigit(letter)));
        }
        Visit(file.Root, 0);
        FuzzCheckException.Unless(file.Summary.MadeAt.ToString("O").Length > 0, "it was made at no time");
        return "whole";
    }

    // Everything that it has can be read, and is found by its name.
    private static void Visit(SnapshotDirectory directory, int depth)
    {
        FuzzCheckException.Unless(depth < 1000, "directories without an end");
        for (int i = 0; i < directory.Count; i++)
        {
            SnapshotEntry entry = directory[i];
            FuzzCheckException.Unless(directory.Find(entry.Name) == i, "an entry is not found by its name");
            string name = Encoding.UTF8.GetString(entry.Name);
            FuzzCheckException.Unless(name.Length > 0 && !name.Contains('/') && !name.Contains('\0') && name is not ("." or ".."), "a name that no path can have");
            if (entry.IsDirectory)
            {
                FuzzCheckException.Unless(entry.Directory.Parent == directory, "a directory is in another one than it says");
                Visit(entry.Directory, depth + 1);
                continue;
            }
            FuzzCheckException.Unless(entry.Version.Size >= 0 && entry.StorageClass.Length >= 0, "a file without a size");
            FuzzCheckException.Unless(DateTimeOffset.FromUnixTimeSeconds(entry.Version.LastModified).Year > 0, "a file of no time");
        }
    }
}
