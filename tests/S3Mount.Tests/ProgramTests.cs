using System.Diagnostics;
using S3Mount.CommandLine;

namespace S3Mount.Tests;

/// <summary>The built program as a process: exit codes, and what goes to which stream.</summary>
[TestFixture]
public sealed class ProgramTests
{
    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "s3mount");

    [Test]
    [CancelAfter(30_000)]
    public async Task Help_fits_a_screen_and_names_every_command(CancellationToken cancellationToken)
    {
        (int code, string output, string errors) = await RunAsync("--help", cancellationToken);
        Assert.That((code, errors), Is.EqualTo((0, "")));
        Assert.That(output, Does.Contain("s3mount BUCKET[/PREFIX] MOUNTPOINT [options]").And.Contain("Examples:").And.Contain("help mount"));
        foreach (Verb verb in Verbs.All)
            Assert.That(output, Does.Match($"\n  {verb.Name} +[a-z]"));
        Assert.That(output.Split('\n'), Has.All.Matches<string>(line => line.Length <= 80));
        Assert.That(output.Split('\n'), Has.Length.LessThanOrEqualTo(50));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Help_on_the_mount_has_every_option(CancellationToken cancellationToken)
    {
        (int code, string output, string errors) = await RunAsync("help mount", cancellationToken);
        Assert.That((code, errors), Is.EqualTo((0, "")));
        foreach (OptionDefinition option in MountOptions.All)
            Assert.That(output, Does.Contain(option.LongName));
        Assert.That(output.Split('\n'), Has.All.Matches<string>(line => line.Length <= 80));
    }

    [Test]
    public void Help_on_each_command_shows_how_it_is_written()
    {
        foreach (Verb verb in Verbs.All)
        {
            string help = HelpText.Write(verb.Help);
            Assert.That(help, Does.StartWith($"Usage:\n  s3mount {verb.Name} ").And.Contain("Examples:\n  "));
            Assert.That(help.Split('\n'), Has.All.Matches<string>(line => line.Length <= 80 && !line.EndsWith(' ')), verb.Name);
            Assert.That(help.Split('\n'), Has.Length.LessThanOrEqualTo(50), verb.Name);
        }
    }

    [TestCase("help warm")]
    [TestCase("warm --help")]
    [TestCase("warm /mnt --check --help")]
    [CancelAfter(30_000)]
    public async Task Help_on_a_command_is_asked_for_in_either_order(string line, CancellationToken cancellationToken)
    {
        (int code, string output, string errors) = await RunAsync(line, cancellationToken);
        Assert.That((code, errors), Is.EqualTo((0, "")));
        Assert.That(output, Does.StartWith("Usage:\n  s3mount warm PATH").And.Contain("--from-list FILE"));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Help_wins_over_everything_else(CancellationToken cancellationToken)
    {
        (int code, string output, _) = await RunAsync("bucket /mnt --nope --help", cancellationToken);
        Assert.That(code, Is.Zero);
        Assert.That(output, Does.StartWith("s3mount shows the objects"));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Version_is_one_line(CancellationToken cancellationToken)
    {
        (int code, string output, string errors) = await RunAsync("--version", cancellationToken);
        Assert.That((code, errors), Is.EqualTo((0, "")));
        Assert.That(output, Does.Match(@"^s3mount \d+\.\d+\.\d+\n$"));
    }

    [TestCase("", 2)]
    [TestCase("bucket", 2)]
    [TestCase("/tmp bucket", 2)]
    [TestCase("bucket /tmp --memory 12XB", 2)]
    [TestCase("bucket /tmp --nope", 2)]
    [TestCase("doctor /tmp", 2)]
    [TestCase("status /tmp", 1)]
    [TestCase("status --nope", 2)]
    [TestCase("refresh", 2)]
    [TestCase("refresh /tmp/nothing/here", 1)]
    [TestCase("help nothing", 2)]
    [TestCase("umount", 2)]
    [TestCase("umount /nowhere", 1)]
    [TestCase("umount /proc", 1)]
    [TestCase("bucket /nowhere/at/all", 1)]
    [TestCase("-f bucket /nowhere/at/all", 1)]
    [TestCase("bucket /etc/hostname", 1)]
    [TestCase("bucket /tmp --log-file /nowhere/log", 2)]
    [CancelAfter(30_000)]
    public async Task What_is_wrong_is_one_line_on_standard_error_and_an_exit_code(string line, int expected, CancellationToken cancellationToken)
    {
        (int code, string output, string errors) = await RunAsync(line, cancellationToken);
        Assert.That((code, output), Is.EqualTo((expected, "")));
        string last = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        Assert.That(last, Does.StartWith("s3mount: "));
        // With -f the log shares standard error; elsewhere there is the one line.
        if (!line.StartsWith("-f", StringComparison.Ordinal))
            Assert.That(errors, Does.Match("^s3mount: [^\n]+\n$"));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task A_missing_mountpoint_says_how_to_make_it(CancellationToken cancellationToken)
    {
        (_, _, string errors) = await RunAsync("bucket /nowhere/at/all", cancellationToken);
        Assert.That(errors, Is.EqualTo("s3mount: the mountpoint /nowhere/at/all does not exist; create it with: mkdir -p /nowhere/at/all\n"));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string line, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo(_program, line.Split(' ', StringSplitOptions.RemoveEmptyEntries)) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
