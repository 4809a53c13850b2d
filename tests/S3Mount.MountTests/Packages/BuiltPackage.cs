using System.Runtime.InteropServices;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Packages;

/// <summary>What packaging/package.sh makes of what <c>make build</c> has built.</summary>
internal sealed record BuiltPackage(string Deb, string Archive)
{
    private static string RuntimeIdentifier => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <param name="output">An empty directory.</param>
    /// <param name="version">As the package calls itself; the program in it is always the same.</param>
    /// <param name="kinds">All, unless only some are wanted: <c>debian</c>, <c>archive</c>.</param>
    public static async Task<BuiltPackage> MakeAsync(string output, string version, params string[] kinds)
    {
        var options = new ChildProcessOptions { Deadline = TimeSpan.FromSeconds(180) };
        ChildResult result = await ChildProcess.RunAsync(
            Path.Join(Repository.Root, "packaging/package.sh"), [Repository.Built(), version, RuntimeIdentifier, output, .. kinds], options, TestContext.CurrentContext.CancellationToken);
        string[] files = result.EnsureSuccess().OutputLines;
        Assert.That(Directory.GetFiles(output), Is.EquivalentTo(files), "it says what it has made");
        return new BuiltPackage(files[0], files[^1]);
    }
}
