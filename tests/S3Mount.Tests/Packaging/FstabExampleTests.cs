using System.Runtime.CompilerServices;
using S3Mount.CommandLine;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Packaging;

/// <summary>The lines of packaging/examples/fstab, as mount(8) and systemd read them.</summary>
[TestFixture]
public sealed class FstabExampleTests
{
    private static string Path([CallerFilePath] string here = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "../../../packaging/examples/fstab"));

    public static IEnumerable<string> Lines => File.ReadLines(Path()).Where(line => line.Length > 0 && line[0] != '#');

    [TestCaseSource(nameof(Lines))]
    public void Every_line_can_be_mounted(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(fields, Has.Length.EqualTo(6));
        Assert.That((fields[2], fields[4], fields[5]), Is.EqualTo(("s3mount", "0", "0")));
        Assert.That(fields[3].Split(','), Does.Contain("_netdev"), "the network comes first");
        Assert.That(() => Settings.Read(MountHelper.Parse([fields[0], fields[1], "-o", "rw," + fields[3]]).Arguments), Throws.Nothing);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Systemd_makes_units_of_them_that_wait_for_the_network(CancellationToken cancellationToken)
    {
        const string Generator = "/usr/lib/systemd/system-generators/systemd-fstab-generator";
        if (!File.Exists(Generator))
            Assert.Ignore("needs systemd");
        using var directory = new TempDirectory("s3mount-fstab");
        string units = directory.CreateDirectory("units");
        var options = new ChildProcessOptions { Environment = new Dictionary<string, string?> { ["SYSTEMD_FSTAB"] = Path() } };
        (await ChildProcess.RunAsync(Generator, [units, directory.CreateDirectory("early"), directory.CreateDirectory("late")], options, cancellationToken)).EnsureSuccess();
        foreach (string line in Lines)
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string name = fields[1].Trim('/').Replace('/', '-');
            Assert.That(File.ReadAllLines(System.IO.Path.Join(units, name + ".mount")), Is.SupersetOf(new[] { $"What={fields[0]}", $"Where={fields[1]}", "Type=s3mount", $"Options={fields[3]}" }));
            // systemd.mount(5): units of the network's file systems are ordered by remote-fs.target.
            string wanted = fields[3].Contains("automount", StringComparison.Ordinal) ? $"remote-fs.target.requires/{name}.automount" : $"remote-fs.target.wants/{name}.mount";
            Assert.That(File.Exists(System.IO.Path.Join(units, wanted)), Is.True, wanted);
        }
    }
}
