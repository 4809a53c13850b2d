using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Packages;

/// <summary>The packages of what was built, made when the first test asks for them: it takes a quarter of a minute.</summary>
[SetUpFixture]
public sealed class PackageOfThisRun
{
    private static readonly Lock _gate = new();
    // Both guarded by _gate.
    private static TempDirectory? _directory;
    private static Task<BuiltPackage>? _package;

    [OneTimeTearDown]
    public void Remove_them() => _directory?.Dispose();

    /// <summary>What the program says of itself.</summary>
    internal static async Task<string> VersionAsync() =>
        (await ChildProcess.RunAsync(Path.Join(Repository.Built(), "s3mount"), ["--version"])).EnsureSuccess().Output.Trim()["s3mount ".Length..];

    internal static Task<BuiltPackage> GetAsync()
    {
        lock (_gate)
            return _package ??= MakeAsync(_directory = new TempDirectory("s3mount-packages"));
    }

    private static async Task<BuiltPackage> MakeAsync(TempDirectory directory) => await BuiltPackage.MakeAsync(directory.Path, await VersionAsync());
}
