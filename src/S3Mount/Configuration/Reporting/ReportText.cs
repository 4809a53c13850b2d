using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace S3Mount.Configuration.Reporting;

/// <summary>What <c>s3mount config show</c> prints: a configuration file with an origin behind each line, or JSON.</summary>
internal static class ReportText
{
    /// <summary>Most values are shorter; what is longer puts its own line out of step and no other.</summary>
    private const int OriginColumn = 44;

    /// <param name="warnings">Each one line.</param>
    public static string Yaml(IReadOnlyList<ReportLine> lines, IEnumerable<string> warnings)
    {
        var text = new StringBuilder();
        foreach (ReportLine line in lines)
        {
            if (line.Value is null)
                text.Append($"# {line.Option.Name}: not given{(line.Option.Default is { } absent ? $" ({absent})" : "")}\n");
            else
                text.Append($"{line.Option.Name}: {YamlText.Of(line.Value)}".PadRight(OriginColumn - 1)).Append($" # {line.From}\n");
        }
        foreach (string warning in warnings)
            text.Append($"# warning: {warning}\n");
        return text.ToString();
    }

    /// <inheritdoc cref="Yaml"/>
    public static string Json(IReadOnlyList<ReportLine> lines, IEnumerable<string> warnings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        // For people and programs, not for a page: quotes and letters stay as they are.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("options");
            foreach (ReportLine line in lines)
            {
                json.WriteStartObject(line.Option.Name);
                if (line.Option.IsFlag)
                    json.WriteBoolean("value", line.Value == CommandLine.FlagText.On);
                else
                    json.WriteString("value", line.Value);
                json.WriteString("from", line.From);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteStartArray("warnings");
            foreach (string warning in warnings)
                json.WriteStringValue(warning);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
