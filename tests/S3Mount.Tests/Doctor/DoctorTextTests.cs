using System.Text.Json;
using S3Mount.Doctor;

namespace S3Mount.Tests.Doctor;

/// <summary>The whole text for a fixed set of outcomes.</summary>
[TestFixture]
public sealed class DoctorTextTests
{
    private static readonly CheckReport[] _checks =
    [
        new(CheckArea.Machine, "kernel", CheckOutcome.Ok, "Linux 6.18.1", null),
        new(CheckArea.Machine, "--allow-other", CheckOutcome.Warning, "users may not let others in", "only if you want --allow-other or --allow-root: add the line user_allow_other to /etc/fuse.conf"),
        new(CheckArea.Store, "connection", CheckOutcome.Failed, "http://10.0.0.5:9000: Connection refused", "nothing listens there: check the address and port (--endpoint-url), and that the store runs"),
        new(CheckArea.Store, "may list", CheckOutcome.Skipped, "there is no connection", null),
        new(CheckArea.Speed, "round trip", CheckOutcome.Ok, "12 ms", null),
    ];

    private static readonly DoctorReport _report = new(
        "1.2.3", "s3://bucket/p/", _checks, false, [new("--max-connections", "16", "812 MB/s with 16, and hardly more with more"), new("--cache", "/var/cache/s3mount", "a round trip takes 12 ms: every epoch but the first is read from the disk")],
        "s3mount bucket/p /mnt/bucket --max-connections 16 --cache /var/cache/s3mount");

    private const string Text = """
        this machine
          ok    kernel          Linux 6.18.1
          warn  --allow-other   users may not let others in
                                -> only if you want --allow-other or --allow-root: add the line
                                   user_allow_other to /etc/fuse.conf

        the store: s3://bucket/p/
          FAIL  connection      http://10.0.0.5:9000: Connection refused
                                -> nothing listens there: check the address and port (--endpoint-url), and
                                   that the store runs
          -     may list        skipped because there is no connection

        its speed from here
          ok    round trip      12 ms

        5 checks: 2 ok, 1 warning, 1 failed, 1 skipped

        recommended
          --max-connections 16  812 MB/s with 16, and hardly more with more
          --cache /var/cache/s3mount
                                a round trip takes 12 ms: every epoch but the first is read from the disk

          s3mount bucket/p /mnt/bucket --max-connections 16 --cache /var/cache/s3mount

        """;

    [Test]
    public async Task The_text_is_aligned_and_fits_a_terminal()
    {
        string text = await PrintAsync(hasColor: false) + DoctorText.Summary(_report);
        Assert.That(text, Is.EqualTo(Text));
        Assert.That(text.Split('\n'), Has.All.Matches<string>(line => line.Length <= 100 && !line.EndsWith(' ')));
    }

    [Test]
    public async Task Colours_change_nothing_else()
    {
        string colored = await PrintAsync(hasColor: true);
        Assert.That(colored, Does.Contain("\e[32mok\e[0m").And.Contain("\e[33mwarn\e[0m").And.Contain("\e[31mFAIL\e[0m").And.Contain("\e[90m-\e[0m"));
        Assert.That(System.Text.RegularExpressions.Regex.Replace(colored, "\e\\[[0-9]+m", ""), Is.EqualTo(await PrintAsync(hasColor: false)));
    }

    [TestCase(true, null, null, ExpectedResult = true)]
    [TestCase(true, "", "xterm", ExpectedResult = true)]
    [TestCase(true, "1", "xterm", ExpectedResult = false)]
    [TestCase(true, null, "dumb", ExpectedResult = false)]
    [TestCase(false, null, "xterm", ExpectedResult = false)]
    public bool Colours_are_for_terminals_that_want_them(bool isTerminal, string? noColor, string? term) =>
        DoctorProgram.HasColor(isTerminal, name => name == "NO_COLOR" ? noColor : term);

    [Test]
    public void What_was_stopped_says_so() =>
        Assert.That(DoctorText.Summary(new DoctorReport("1.2.3", null, _checks[..1], true, [], null)), Is.EqualTo("\n1 check: 1 ok, 0 warnings, 0 failed, 0 skipped; stopped before the end\n"));

    [Test]
    public void Json_has_the_same()
    {
        using var document = JsonDocument.Parse(JsonSerializer.Serialize(_report, DoctorJson.Default.DoctorReport));
        JsonElement root = document.RootElement, check = root.GetProperty("checks")[2];
        Assert.That(
            (check.GetProperty("area").GetString(), check.GetProperty("name").GetString(), check.GetProperty("outcome").GetString(), check.GetProperty("detail").GetString(), check.GetProperty("advice").GetString()),
            Is.EqualTo(("store", "connection", "failed", _checks[2].Detail, _checks[2].Advice)));
        Assert.That(root.GetProperty("isHealthy").GetBoolean(), Is.False);
        Assert.That(root.GetProperty("recommended")[0].GetProperty("value").GetString(), Is.EqualTo("16"));
        Assert.That(root.GetProperty("command").GetString(), Is.EqualTo(_report.Command));
    }

    [TestCase(0.25, ExpectedResult = "0.25 ms")]
    [TestCase(12.4, ExpectedResult = "12 ms")]
    [TestCase(1250, ExpectedResult = "1.3 s")]
    public string Times_have_their_unit(double milliseconds) => DoctorText.Time(TimeSpan.FromMilliseconds(milliseconds));

    private static async Task<string> PrintAsync(bool hasColor)
    {
        var output = new StringWriter();
        var printer = new DoctorPrinter(output, new DoctorText(hasColor), _report.Target);
        foreach (CheckReport check in _checks)
            await printer.PrintAsync(check);
        return output.ToString();
    }
}
