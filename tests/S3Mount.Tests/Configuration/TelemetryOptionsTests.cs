using S3Mount.Configuration;
using S3Mount.Telemetry;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Configuration;

[TestFixture]
public sealed class TelemetryOptionsTests
{
    [TestCase(":9400", "127.0.0.1:9400")]
    [TestCase("localhost:0", "127.0.0.1:0")]
    [TestCase("0.0.0.0:9400", "0.0.0.0:9400")]
    [TestCase("[::1]:9400", "[::1]:9400")]
    public void Metrics_are_served_where_it_is_written_and_else_on_this_machine_alone(string text, string address) =>
        Assert.That(Settings.Read("b", "/mnt", "--metrics-listen", text).MetricsListen?.ToString(), Is.EqualTo(address));

    [Test]
    public void Prices_are_decimal_and_none_are_set_unless_one_is_named()
    {
        Assert.That(Settings.Read("b", "/mnt").Prices, Is.Null);
        Assert.That(Settings.Read("b", "/mnt", "--price-get", "0.0004", "-o", "price_gb=.09").Prices, Is.EqualTo(new Prices(0.0004m, null, 0.09m)));
    }

    [Test]
    public void Settings_in_effect_are_named_as_they_could_be_written()
    {
        MountSettings settings = Settings.Read("b", "/mnt", "--metadata-ttl", "1h", "--cache", "/c", "--max-cache-size", "512MiB", "--allow-other", "--file-mode", "0400", "--metrics-listen", ":9400");
        Assert.That(SettingsInEffect.Of(settings), Is.EqualTo(new Dictionary<string, string>
        {
            ["metadata-ttl"] = "1h",
            ["cache"] = "/c",
            ["max-cache-size"] = "512MiB",
            ["allow-other"] = "true",
            ["file-mode"] = "0400",
            ["metrics-listen"] = "127.0.0.1:9400",
        }));
        Assert.That(SettingsInEffect.Of(Settings.Read("b", "/mnt", "--metadata-ttl", "indefinite"))["metadata-ttl"], Is.EqualTo("indefinite"));
    }
}
