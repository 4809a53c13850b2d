using System.Runtime.CompilerServices;
using S3Mount.CommandLine;
using S3Mount.Testing.Processes;

namespace S3Mount.Tests.Packaging;

/// <summary>The manual pages are written by hand; what they must not miss is in the tables of the command line.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class ManualTests
{
    private static readonly string[] _pages = ["s3mount.8", "mount.s3mount.8"];

    public static IEnumerable<string> OptionNames =>
        MountOptions.All.Concat(Verbs.All.SelectMany(verb => verb.Help.Options).SelectMany(group => group.Options)).Select(option => option.LongName).Distinct();

    public static IEnumerable<string> VerbNames => Verbs.All.Select(verb => verb.Name);

    [TestCaseSource(nameof(OptionNames))]
    public async Task Every_option_is_in_the_manual(string name, CancellationToken cancellationToken) =>
        Assert.That(await TextAsync("s3mount.8", cancellationToken), Does.Match($@"(?<![-\w]){name}(?![-\w])"));

    [TestCaseSource(nameof(OptionNames))]
    public async Task Options_of_a_mount_have_their_value_and_a_paragraph(string name, CancellationToken cancellationToken)
    {
        if (MountOptions.All.FirstOrDefault(option => option.LongName == name) is not { } option)
            return;
        string text = await TextAsync("s3mount.8", cancellationToken);
        string value = option.IsFlag ? "" : " " + option.ValueName;
        string head = option.ShortName is char letter ? $"-{letter}{value}, {name}{value}" : name + value;
        Assert.That(text, Does.Contain($"\n       {head}\n"));
    }

    [TestCaseSource(nameof(VerbNames))]
    public async Task Every_command_is_in_synopsis_and_description(string name, CancellationToken cancellationToken)
    {
        string text = await TextAsync("s3mount.8", cancellationToken);
        Assert.That(text, Does.Match($@"\n {{7}}s3mount {name} ").And.Match($@"\n {{7}}{name} "));
    }

    [TestCaseSource(nameof(_pages))]
    public async Task Groff_and_man_have_nothing_to_say_of_a_page(string page, CancellationToken cancellationToken)
    {
        foreach (string[] command in (string[][])[["groff", "-man", "-Tutf8", "-ww", Path(page)], ["man", "--warnings", "-l", Path(page)]])
        {
            ChildResult result = await ChildProcess.RunAsync(command[0], command[1..], cancellationToken: cancellationToken);
            Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")), result.Command);
            Assert.That(result.Output, Is.Not.Empty, result.Command);
        }
    }

    [TestCaseSource(nameof(_pages))]
    public async Task Apropos_finds_a_page_by_its_name(string page, CancellationToken cancellationToken)
    {
        ChildResult result = await ChildProcess.RunAsync("lexgrog", [Path(page)], cancellationToken: cancellationToken);
        Assert.That(result.EnsureSuccess().Output, Does.Contain($": \"{page[..^2]} - mount an S3 bucket "));
    }

    // As it is read, in columns that no line of it exceeds, without the marks of a terminal.
    private static async Task<string> TextAsync(string page, CancellationToken cancellationToken) =>
        (await ChildProcess.RunAsync("groff", ["-man", "-Tascii", "-P-cbou", "-rLL=300n", "-rHY=0", Path(page)], cancellationToken: cancellationToken)).EnsureSuccess().Output;

    private static string Path(string page, [CallerFilePath] string here = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "../../../packaging/man", page));
}
