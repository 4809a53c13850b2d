using System.Text.Json.Serialization;

namespace S3Mount.Doctor;

/// <summary>The report for programs; no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(CheckAreaConverter), typeof(CheckOutcomeConverter)])]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class DoctorJson : JsonSerializerContext
{
    private sealed class CheckAreaConverter() : JsonStringEnumConverter<CheckArea>(System.Text.Json.JsonNamingPolicy.CamelCase);

    private sealed class CheckOutcomeConverter() : JsonStringEnumConverter<CheckOutcome>(System.Text.Json.JsonNamingPolicy.CamelCase);
}
