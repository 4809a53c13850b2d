using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace S3Mount.Tests.Kubernetes;

/// <summary>
/// The fields that Kubernetes' objects have, and their types: api.json, which api.mjs makes of the typed models of a client. What a server would
/// refuse with strict validation (kubectl apply --validate=strict) is refused here.
/// </summary>
internal sealed partial class KubernetesApi
{
    private readonly JsonObject _models;

    private KubernetesApi(JsonObject models) => _models = models;

    public static KubernetesApi Load(string path) => new(JsonNode.Parse(File.ReadAllText(path))!.AsObject());

    /// <returns>A line for each thing that is wrong.</returns>
    public IEnumerable<string> ProblemsOf(JsonObject manifest)
    {
        string kind = (string?)manifest["kind"] ?? "";
        string version = kind switch { "Job" => "batch/v1", "DaemonSet" => "apps/v1", "ConfigMap" or "ServiceAccount" => "v1", _ => "" };
        return (string?)manifest["apiVersion"] == version
            ? Check(kind, "V1" + kind, manifest)
            : [$"{manifest["apiVersion"]} {kind}: this kind is not known here, or has another apiVersion"];
    }

    private IEnumerable<string> Check(string path, string type, JsonNode? value)
    {
        if (Listed().Match(type) is { Success: true } list)
        {
            return value is JsonArray array
                ? array.SelectMany((one, i) => Check($"{path}[{i}]", list.Groups[1].Value, one))
                : [$"{path} is no list"];
        }
        if (type.StartsWith('V'))
            return value is JsonObject fields ? CheckFields(path, type, fields) : [$"{path} is no {type}"];
        bool isRight = type switch
        {
            "string" or "Date" => value?.GetValueKind() == JsonValueKind.String,
            "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            "int32" or "int64" or "number" => value?.GetValueKind() == JsonValueKind.Number,
            "IntOrString" => value?.GetValueKind() is JsonValueKind.Number or JsonValueKind.String,
            "{ [key: string]: string; }" => value is JsonObject map && map.All(pair => pair.Value?.GetValueKind() == JsonValueKind.String),
            _ => false,
        };
        return isRight ? [] : [$"{path} is no {type}: {value?.ToJsonString() ?? "null"}"];
    }

    private IEnumerable<string> CheckFields(string path, string type, JsonObject fields)
    {
        JsonObject model = _models[type]?.AsObject() ?? throw new InvalidDataException($"api.json has no {type}");
        foreach ((string name, JsonNode? value) in fields)
        {
            if ((string?)model[name] is not { } field)
                yield return $"{path}.{name}: {type} has no such field";
            else
            {
                foreach (string problem in Check($"{path}.{name}", field.TrimEnd('!'), value))
                    yield return problem;
            }
        }
        foreach ((string name, JsonNode? field) in model)
        {
            if (((string)field!).EndsWith('!') && !fields.ContainsKey(name))
                yield return $"{path}.{name} is missing";
        }
    }

    [GeneratedRegex("^Array<(.+)>$")]
    private static partial Regex Listed();
}
