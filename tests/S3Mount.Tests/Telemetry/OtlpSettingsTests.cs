using S3Mount.Telemetry.Otlp;

namespace S3Mount.Tests.Telemetry;

[TestFixture]
public sealed class OtlpSettingsTests
{
    [TestCase("", false)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", true)]
    [TestCase("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://c:4318/v1/metrics", true)]
    [TestCase("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4318/v1/traces", false)]
    [TestCase("OTEL_METRICS_EXPORTER=otlp", true)]
    [TestCase("OTEL_METRICS_EXPORTER=prometheus, otlp", true)]
    [TestCase("OTEL_METRICS_EXPORTER=none OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", false)]
    [TestCase("OTEL_METRICS_EXPORTER=prometheus OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318", false)]
    [TestCase("OTEL_SDK_DISABLED=TRUE OTEL_METRICS_EXPORTER=otlp", false)]
    [TestCase("OTEL_SDK_DISABLED=false OTEL_METRICS_EXPORTER=otlp", true)]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT=", false)]
    public void Metrics_are_sent_when_a_variable_says_so_and_none_that_they_are_not(string environment, bool isAsked)
    {
        Dictionary<string, string> variables = environment.Replace(", ", ",", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.That(OtlpSettings.IsAsked(variables.GetValueOrDefault), Is.EqualTo(isAsked));
    }
}
