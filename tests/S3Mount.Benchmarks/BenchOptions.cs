using System.Globalization;
using S3Mount.Benchmarks.Contenders;
using S3Mount.Benchmarks.Epochs;
using S3Mount.Benchmarks.Listings;
using S3Mount.Testing.Commands;

namespace S3Mount.Benchmarks;

/// <summary>What <c>make bench</c> asks for.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        S3Mount.Benchmarks --program out/s3mount [--rounds 3] [--settings "loopback remote"] [--only "small seq"] [--peers yes|no] [--files 1281167] [--images 10000] [--results DIR]
        """;

    /// <summary>The s3mount that is measured.</summary>
    public required string Program { get; init; }

    public required int Rounds { get; init; }

    public required IReadOnlyList<StoreSetting> Settings { get; init; }

    /// <summary>Scenarios whose names begin so; empty for all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    /// <summary>s3fs and rclone are measured too.</summary>
    public required bool Peers { get; init; }

    /// <summary>What is listed; smaller trees show whether everything works, and nothing else.</summary>
    public required ListingTrees Trees { get; init; }

    /// <summary>Images of an epoch; fewer show whether everything works, and nothing else.</summary>
    public required int Images { get; init; }

    /// <summary>Where tables and picture go.</summary>
    public required string Results { get; init; }

    public bool Includes(string scenario) => Only.Count == 0 || Only.Any(name => scenario.StartsWith(name, StringComparison.Ordinal));

    public static BenchOptions Parse(string[] words)
    {
        var arguments = new CommandArguments(words, ["--program", "--rounds", "--settings", "--only", "--peers", "--files", "--images", "--results"], []);
        return new BenchOptions
        {
            Program = Path.GetFullPath(arguments.Text("--program") ?? throw new UsageException("--program is missing.")),
            Rounds = Math.Max(1, int.Parse(arguments.Text("--rounds") ?? "3", CultureInfo.InvariantCulture)),
            Settings = [.. Words(arguments.Text("--settings") ?? "loopback remote").Select(StoreSetting.Parse)],
            Only = Words(arguments.Text("--only") ?? ""),
            Peers = arguments.Text("--peers") is not ("no" or "0" or "false"),
            Trees = new ListingTrees((int)arguments.Number("--files", ListingTrees.ImageNetFiles)),
            Images = Math.Max(EpochImages.Classes, (int)arguments.Number("--images", EpochImages.Usual)),
            Results = Path.GetFullPath(arguments.Text("--results") ?? "TestResults/bench"),
        };
    }

    private static string[] Words(string text) => text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
}
