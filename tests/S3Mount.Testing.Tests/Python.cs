using S3Mount.Testing.Processes;

namespace S3Mount.Testing.Tests;

/// <summary>Debian's Python with Debian's modules, whatever else is first in the path.</summary>
internal static class Python
{
    private const string Program = "/usr/bin/python3";

    /// <summary>Runs a script of this project; the test is ignored where a module is not installed.</summary>
    public static async Task<ChildResult> RunAsync(string script, string[] modules, string[] arguments, CancellationToken cancellationToken)
    {
        ChildResult found = File.Exists(Program)
            ? await ChildProcess.RunAsync(Program, ["-c", $"import {string.Join(", ", modules)}"], cancellationToken: cancellationToken)
            : new ChildResult(Program, 127, default, "");
        if (found.ExitCode != 0)
            Assert.Ignore($"{Program} with {string.Join(", ", modules)} is not installed.");
        return await ChildProcess.RunAsync(Program, [Path.Combine(AppContext.BaseDirectory, script), .. arguments], cancellationToken: cancellationToken);
    }
}
