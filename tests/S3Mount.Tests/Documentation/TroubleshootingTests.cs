namespace S3Mount.Tests.Documentation;

/// <summary>README explains each message that the program can print, by its text; and it explains none that there is not.</summary>
[TestFixture]
public sealed class TroubleshootingTests
{
    [Test]
    public void Every_message_is_explained()
    {
        string[] missing = [.. SourceMessages.All.Where(message => !MessageRow.All.Any(row => row.IsOf(message))).Select(Describe)];
        Assert.That(missing, Is.Empty, $"these have no row in README, Troubleshooting (with <name> for each value):\n{string.Join('\n', missing)}\n");
    }

    [Test]
    public void Every_row_is_of_a_message()
    {
        SourceText[] texts = [.. SourceMessages.LogLines, .. SourceMessages.Literals];
        string[] stale = [.. MessageRow.All.Where(row => !texts.Any(row.IsOf)).Select(row => $"README.md:{row.Line}: {row.Text}")];
        Assert.That(stale, Is.Empty, $"nothing in the sources says this any more:\n{string.Join('\n', stale)}\n");
    }

    [Test]
    public void No_row_stands_for_everything()
    {
        string[] vague = [.. MessageRow.All.Where(row => !row.IsPrecise).Select(row => $"README.md:{row.Line}: {row.Text}")];
        Assert.That(vague, Is.Empty, string.Join('\n', vague));
    }

    [Test]
    public void No_text_is_explained_twice() =>
        Assert.That(MessageRow.All.GroupBy(row => row.Text).Where(same => same.Count() > 1).Select(same => same.Key), Is.Empty);

    [Test]
    public void What_is_left_out_is_there() => Assert.That(SourceMessages.NeedlessExceptions, Is.Empty);

    private static string Describe(SourceText message) => $"{message.File}{(message.Line > 0 ? $":{message.Line}" : "")}: {message.Text.Trim().Replace(SourceText.Hole.ToString(), "<...>", StringComparison.Ordinal)}";
}
