using System.Text.Json;
using System.Text.Json.Serialization;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>How often a rule takes a request: a number, or <c>"always"</c>.</summary>
internal sealed class TimesConverter : JsonConverter<int>
{
    private const string Always = "always";

    public override int Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return reader.GetInt32();
        return reader.TokenType == JsonTokenType.String && reader.GetString() == Always
            ? FaultRule.Always
            : throw new JsonException($"A number of times, or \"{Always}\", is wanted.");
    }

    public override void Write(Utf8JsonWriter writer, int value, JsonSerializerOptions options)
    {
        if (value == FaultRule.Always)
            writer.WriteStringValue(Always);
        else
            writer.WriteNumberValue(value);
    }
}
