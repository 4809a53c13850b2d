using System.Text.Json.Nodes;

namespace S3Mount.Testing.Kubernetes;

/// <summary>
/// What <c>kubectl kustomize</c> makes of a directory, as far as this repository's use it: <c>resources</c>, <c>configMapGenerator</c> with
/// files, <c>images</c>. Generated names get no suffix.
/// </summary>
public sealed class Kustomization
{
    private static readonly string[] _fields = ["apiVersion", "kind", "resources", "configMapGenerator", "images"];

    private Kustomization(string directory, IReadOnlyList<JsonObject> objects) => (Directory, Objects) = (directory, objects);

    public string Directory { get; }

    public IReadOnlyList<JsonObject> Objects { get; }

    /// <exception cref="InvalidDataException">It says what is not understood here, or what does not fit together.</exception>
    public static Kustomization Load(string directory)
    {
        JsonObject file = YamlText.Documents(File.ReadAllText(Path.Join(directory, "kustomization.yaml"))).Single();
        if (file.Select(field => field.Key).Except(_fields).FirstOrDefault() is { } unknown)
            throw new InvalidDataException($"{directory}: {unknown} is not understood here");
        if (((string?)file["apiVersion"], (string?)file["kind"]) != ("kustomize.config.k8s.io/v1beta1", "Kustomization"))
            throw new InvalidDataException($"{directory}: this is no kustomization");
        List<JsonObject> objects = [.. file["resources"]!.AsArray().SelectMany(name => YamlText.Documents(File.ReadAllText(Path.Join(directory, (string)name!))))];
        objects.AddRange(file["configMapGenerator"]!.AsArray().Select(generator => Generate(directory, generator!.AsObject())));
        Rename(directory, objects, file["images"]!.AsArray());
        return new Kustomization(directory, objects);
    }

    public IEnumerable<JsonObject> Of(string kind) => Objects.Where(one => (string?)one["kind"] == kind);

    /// <summary>The pods that the objects make, each with the name of its object.</summary>
    public IEnumerable<PodSpec> Pods => Objects.Where(one => one["spec"]?["template"] is not null).Select(one => new PodSpec(this, one));

    private static JsonObject Generate(string directory, JsonObject generator)
    {
        if (generator.Select(field => field.Key).Except(["name", "files"]).FirstOrDefault() is { } unknown)
            throw new InvalidDataException($"{directory}: {unknown} of a configMapGenerator is not understood here");
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = (string)generator["name"]! },
            ["data"] = new JsonObject(generator["files"]!.AsArray().Select(file => KeyValuePair.Create((string)file!, (JsonNode?)File.ReadAllText(Path.Join(directory, (string)file!))))),
        };
    }

    private static void Rename(string directory, IEnumerable<JsonObject> objects, JsonArray images)
    {
        var names = images.ToDictionary(image => (string)image!["name"]!, image => $"{image!["newName"]}:{image["newTag"]}");
        var used = new HashSet<string>();
        foreach (JsonObject container in objects.Where(one => one["spec"]?["template"] is not null).SelectMany(one => PodSpec.ContainersOf(one["spec"]!["template"]!["spec"]!.AsObject())))
        {
            string name = (string)container["image"]!;
            used.Add(name);
            container["image"] = names.TryGetValue(name, out string? image) ? image : throw new InvalidDataException($"{directory}: images says nothing of {name}");
        }
        if (names.Keys.Except(used).FirstOrDefault() is { } unused)
            throw new InvalidDataException($"{directory}: no container has the image {unused}");
    }
}
