using System.Text.Json.Nodes;

namespace S3Mount.Testing.Kubernetes;

/// <summary>The pods of a Job or a DaemonSet.</summary>
public sealed class PodSpec(Kustomization kustomization, JsonObject owner)
{
    public Kustomization Kustomization => kustomization;

    public JsonObject Owner => owner;

    public JsonObject Template => owner["spec"]!["template"]!.AsObject();

    public JsonObject Spec => Template["spec"]!.AsObject();

    /// <summary>In the order in which they are started.</summary>
    public IReadOnlyList<JsonObject> Containers => [.. ContainersOf(Spec)];

    public IReadOnlyList<JsonObject> Volumes => [.. (Spec["volumes"]?.AsArray() ?? []).Select(volume => volume!.AsObject())];

    public JsonObject Container(string name) => Containers.Single(container => (string?)container["name"] == name);

    public JsonObject Volume(string name) => Volumes.Single(volume => (string?)volume["name"] == name);

    /// <summary>What a ConfigMap of the same kustomization shows in a volume, by file name; null: it is another kind of volume.</summary>
    public IReadOnlyDictionary<string, string>? FilesOf(JsonObject volume) => (string?)volume["configMap"]?["name"] is not { } name
        ? null
        : kustomization.Of("ConfigMap").Single(one => (string?)one["metadata"]!["name"] == name)["data"]!.AsObject().ToDictionary(file => file.Key, file => (string)file.Value!);

    public static IEnumerable<JsonObject> MountsOf(JsonObject container) => (container["volumeMounts"]?.AsArray() ?? []).Select(mount => mount!.AsObject());

    /// <summary>Its command with its arguments, as the container runs them.</summary>
    public static string[] CommandOf(JsonObject container) =>
        [.. new[] { "command", "args" }.SelectMany(field => container[field]?.AsArray() ?? []).Select(word => (string)word!)];

    public static bool IsPrivileged(JsonObject container) => (bool?)container["securityContext"]?["privileged"] == true;

    internal static IEnumerable<JsonObject> ContainersOf(JsonObject spec) =>
        new[] { "initContainers", "containers" }.SelectMany(field => spec[field]?.AsArray() ?? []).Select(container => container!.AsObject());

    public override string ToString() => $"{Path.GetFileName(kustomization.Directory)}/{owner["kind"]}";
}
