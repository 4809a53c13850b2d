using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace S3Mount.Testing.Kubernetes;

/// <summary>YAML as kubectl reads it: as the JSON that it stands for.</summary>
public static class YamlText
{
    // Of YAML 1.1, which kubectl follows: each is a truth value there and a word elsewhere.
    private static readonly string[] _doubtful = ["y", "n", "yes", "no", "on", "off"];

    /// <exception cref="YamlException">No YAML, a key twice, or a value that not all read in the same way.</exception>
    public static IReadOnlyList<JsonObject> Documents(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => (JsonObject)Convert(document.RootNode)!)];
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Convert)]),
        YamlScalarNode { Style: not ScalarStyle.Plain } quoted => JsonValue.Create(quoted.Value),
        YamlScalarNode plain => Plain(plain),
        _ => throw new YamlException(node.Start, node.End, "aliases are not for manifests"),
    };

    private static JsonValue? Plain(YamlScalarNode node)
    {
        string text = node.Value!;
        if (text is "" or "~" or "null")
            return null;
        if (text is "true" or "false")
            return JsonValue.Create(text == "true");
        bool isNumber = text.All(char.IsAsciiDigit);
        if (_doubtful.Contains(text.ToLowerInvariant()) || (isNumber && text.Length > 1 && text[0] == '0'))
            throw new YamlException(node.Start, node.End, $"{text} belongs in quotes");
        // Of whatever size whoever asks wants it.
        return isNumber ? JsonNode.Parse(text)!.AsValue() : JsonValue.Create(text);
    }
}
