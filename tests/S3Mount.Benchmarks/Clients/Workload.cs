using System.Text.Json;
using System.Text.Json.Serialization;

namespace S3Mount.Benchmarks.Clients;

/// <summary>What one client program is to read, and how. Travels to it as JSON on its command line.</summary>
internal sealed record Workload
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public required WorkloadKind Kind { get; init; }

    /// <summary>A directory, or the address of a bucket with a slash at its end.</summary>
    public required string Root { get; init; }

    /// <summary>Below the root, with a slash at its end: what is walked, or what an ImageFolder is made of.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>A file with a <see cref="ReadRange"/> a line.</summary>
    public required string Plan { get; init; }

    /// <summary>A plan that is read first, so that nothing is compiled or connected while the clock runs.</summary>
    public string WarmUpPlan { get; init; } = "";

    /// <summary>Threads, workers or connections.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Bytes asked for by one read(2).</summary>
    public int ReadSize { get; init; } = 1 << 20;

    /// <summary>For a <see cref="WorkloadKind.Loader"/>: images are decoded and resized.</summary>
    public bool Decodes { get; init; }

    /// <summary>For a <see cref="WorkloadKind.Loader"/>: its order is another with each.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>For a <see cref="WorkloadKind.Loader"/>: s3mount_hints.py goes ahead of the sampler.</summary>
    public bool Hints { get; init; }

    /// <summary>For a <see cref="WorkloadKind.Loader"/>: the ImageFolder is made within the pass; the root need not be there before.</summary>
    public bool ListsInPass { get; init; }

    /// <summary>For a <see cref="WorkloadKind.Verify"/>: the tree that objects without a seed are compared with.</summary>
    public string Reference { get; init; } = "";

    /// <summary>The root is read by HTTP.</summary>
    [JsonIgnore]
    public bool IsRemote => Root.StartsWith("http://", StringComparison.Ordinal);

    public string ToJson() => JsonSerializer.Serialize(this, _json);

    public static Workload Parse(string json) => JsonSerializer.Deserialize<Workload>(json, _json)!;
}
