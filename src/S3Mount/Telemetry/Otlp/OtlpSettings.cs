using System.Diagnostics.Metrics;

namespace S3Mount.Telemetry.Otlp;

/// <summary>
/// Whether metrics are to be sent by OTLP, by the variables of the OpenTelemetry specification ("Environment Variable Specification"); the rest
/// of them the SDK reads itself.
/// </summary>
internal static class OtlpSettings
{
    private const string MeterName = "s3mount";

    /// <summary>The meter of what is sent; null: nothing is.</summary>
    public static Meter? MeterIfAsked(Func<string, string?> variable) => IsAsked(variable) ? new Meter(MeterName, ProgramVersion.Text) : null;

    /// <param name="variable">Null or empty: not set.</param>
    public static bool IsAsked(Func<string, string?> variable)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
            return false;
        // The specification's default is otlp, to a collector on this machine; here nobody is sent anything who has not been named.
        if (variable("OTEL_METRICS_EXPORTER") is { Length: > 0 } exporters)
            return exporters.Split(',', StringSplitOptions.TrimEntries).Contains("otlp", StringComparer.OrdinalIgnoreCase);
        return !string.IsNullOrEmpty(variable("OTEL_EXPORTER_OTLP_ENDPOINT")) || !string.IsNullOrEmpty(variable("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"));
    }
}
