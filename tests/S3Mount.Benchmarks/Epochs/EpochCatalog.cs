using System.Globalization;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Datasets;

namespace S3Mount.Benchmarks.Epochs;

/// <summary>All rows of the epochs, in the order of the tables. The store is remote in all of them.</summary>
internal static class EpochCatalog
{
    public const string Hydrate = "epoch-hydrate";
    public const string Hints = "epoch-hints";
    public const string Second = "epoch-second";
    public const string Half = "epoch-half";
    public const string HalfAgain = "epoch-half-third";
    public const string Cost = "cache-cost";
    public const string SmallCost = "cache-cost-small";
    public const string Warm = "warm";
    public const string Million = "cache-million";
    public const string Decoded = "-decode";

    // A hundred for each image, so that a small run has few: a million at the usual number.
    private const int EntriesPerImage = 100;

    private static readonly Contender[] _everybody = [Contender.S3Mount, Contender.S3MountPlain, Contender.S3Fs, Contender.RCloneFull, Contender.BareSame, Contender.Tmpfs];
    private static readonly Contender[] _both = [Contender.S3Mount, Contender.S3MountPlain];

    /// <param name="images">What epochs are made of; those that are wanted need not be there yet to choose by name.</param>
    public static IReadOnlyList<EpochScenario> All(IReadOnlyList<BenchObject> images, int wanted) =>
    [
        First(Hydrate, "--cache --hydrate", EpochKind.Hydrate, images, wanted),
        First(Hydrate, "--cache --hydrate", EpochKind.Hydrate, images, wanted, decodes: true),
        First(Hints, "hints", EpochKind.Hints, images, wanted) with { SameAs = Hydrate },
        First(Hints, "hints", EpochKind.Hints, images, wanted, decodes: true) with { SameAs = Hydrate + Decoded },
        new(Second, Text($"second epoch, {wanted:N0} JPEGs read, from the disk cache of an earlier mount"), EpochKind.Second, images, [Contender.S3Mount, Contender.LocalDisk]),
        new(Half, Text($"second epoch, {wanted:N0} JPEGs, cache of half of them"), EpochKind.Half, images, [Contender.S3Mount])
        {
            IsMeasuredOnce = true,
            Then = new(HalfAgain, Text($"third epoch, {wanted:N0} JPEGs, cache of half of them"), EpochKind.Half, images, [Contender.S3Mount]),
        },
        new(Cost, "1 GiB in order, with and without --cache", EpochKind.Cost, Objects.Large, _both) { Threads = 1 },
        new(SmallCost, "2,000 small files, 32 threads, with and without --cache", EpochKind.Cost, Objects.Small, _both) { Threads = 32 },
        new(Warm, Text($"warm, {wanted:N0} JPEGs"), EpochKind.Warm, images, [Contender.S3Mount, Contender.BareSame]),
        new(Million, Text($"mount with a cache of {wanted * EntriesPerImage:N0} entries; plain: with an empty one"), EpochKind.Entries, [], _both) { Entries = wanted * EntriesPerImage },
    ];

    private static EpochScenario First(string name, string with, EpochKind kind, IReadOnlyList<BenchObject> images, int wanted, bool decodes = false) =>
        new(decodes ? name + Decoded : name, Text($"first epoch, {wanted:N0} JPEGs {(decodes ? "decoded" : "read")}, {with}"), kind, images, _everybody) { Decodes = decodes };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
