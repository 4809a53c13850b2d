using S3Mount.Testing.Processes;

namespace S3Mount.Testing;

/// <summary>
/// A real object store for tests: Ceph's radosgw with a mon and an OSD in a temporary directory. Its daemons live as long as this
/// object, and no longer than the process: they end when the pipe to their supervisor closes.
/// </summary>
public sealed class RadosGateway : IAsyncDisposable
{
    public const string AccessKey = "TESTACCESSKEY";
    public const string SecretKey = "testsecretkey";

    // 20 s on two processors that had other work; an idle machine needs less than half.
    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan _stopDeadline = TimeSpan.FromSeconds(15);

    private static readonly string[] _programs = ["ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin"];

    private readonly ChildProcess _supervisor;
    private readonly TempDirectory _directory;

    private RadosGateway(ChildProcess supervisor, TempDirectory directory, string url) => (_supervisor, _directory, Url) = (supervisor, directory, url);

    /// <summary>The programs that are not installed; empty when a gateway can be started.</summary>
    public static IReadOnlyList<string> MissingPrograms { get; } = [.. _programs.Where(program => !IsInstalled(program))];

    /// <summary>The endpoint, without a slash at its end.</summary>
    public string Url { get; }

    /// <summary>Where its daemons keep everything.</summary>
    internal string DirectoryPath => _directory.Path;

    /// <summary>Returns when S3 answers.</summary>
    /// <exception cref="ChildProcessException">It did not come up; the message ends with the daemons' logs.</exception>
    public static async Task<RadosGateway> StartAsync(CancellationToken cancellationToken = default)
    {
        var directory = new TempDirectory("s3mount-rgw");
        ChildProcess? supervisor = null;
        try
        {
            string script = Path.Combine(AppContext.BaseDirectory, "radosgw.sh");
            supervisor = await ChildProcess.StartAsync("bash", [script, directory.Path, AccessKey, SecretKey], new ChildProcessOptions { Input = null });
            string output = await supervisor.WaitForOutputAsync("\n", _startDeadline, cancellationToken);
            string url = output.Trim()["ready ".Length..];
            return new RadosGateway(supervisor, directory, url);
        }
        catch
        {
            if (supervisor is not null)
                await supervisor.DisposeAsync();
            directory.Dispose();
            throw;
        }
    }

    public S3Uploader CreateUploader() => new(Url, AccessKey, SecretKey);

    public async ValueTask DisposeAsync()
    {
        try
        {
            _supervisor.CloseInput();
            await _supervisor.WaitAsync(_stopDeadline);
        }
        finally
        {
            await _supervisor.DisposeAsync();
            _directory.Dispose();
        }
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, program)));
}
