using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using S3Mount.CommandLine;

namespace S3Mount.Configuration.Reporting;

/// <summary>What <c>s3mount config show</c> prints: a configuration file with an origin behind each line, or JSON.</summary>
internal static class ReportText
{
    /// <summary>Most values are shorter; what is longer puts its own line out of step and no other.</summary>
    private const int OriginColumn = 44;

    /// <param name="datasets">Empty: it is a mount of one bucket.</param>
    /// <param name="warnings">Each one line.</param>
    public static string Yaml(IReadOnlyList<ReportLine> lines, IReadOnlyList<DatasetReport> datasets, IEnumerable<string> warnings)
    {
        var text = new StringBuilder();
        foreach (ReportLine line in lines)
            Write(text, "", line);
        if (datasets.Count > 0)
            text.Append(MountOptions.Datasets).Append(":\n");
        foreach (DatasetReport dataset in datasets)
        {
            text.Append($"  {YamlText.Of(dataset.Name)}:\n");
            foreach (ReportLine line in dataset.Lines)
                Write(text, "    ", line);
        }
        foreach (string warning in warnings)
            text.Append($"# warning: {warning}\n");
        return text.ToString();
    }

    /// <inheritdoc cref="Yaml"/>
    public static string Json(IReadOnlyList<ReportLine> lines, IReadOnlyList<DatasetReport> datasets, IEnumerable<string> warnings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        // For people and programs, not for a page: quotes and letters stay as they are.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            Write(json, "options", lines);
            if (datasets.Count > 0)
            {
                json.WriteStartObject(MountOptions.Datasets);
                foreach (DatasetReport dataset in datasets)
                    Write(json, dataset.Name, dataset.Lines);
                json.WriteEndObject();
            }
            json.WriteStartArray("warnings");
            foreach (string warning in warnings)
                json.WriteStringValue(warning);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(StringBuilder text, string indent, ReportLine line)
    {
        if (line.Value is null)
            text.Append($"{indent}# {line.Option.Name}: not given{(line.Option.Default is { } absent ? $" ({absent})" : "")}\n");
        else
            text.Append($"{indent}{line.Option.Name}: {YamlText.Of(line.Value)}".PadRight(OriginColumn - 1)).Append($" # {line.From}\n");
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<ReportLine> lines)
    {
        json.WriteStartObject(name);
        foreach (ReportLine line in lines)
        {
            json.WriteStartObject(line.Option.Name);
            if (line.Option.IsFlag)
                json.WriteBoolean("value", line.Value == FlagText.On);
            else
                json.WriteString("value", line.Value);
            json.WriteString("from", line.From);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
