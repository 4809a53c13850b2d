using System.Text.Json;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests.Mounting;

/// <summary>A process that reads files of a mount again and again, past the page cache, and compares every byte (clients/steady_reader.py).</summary>
internal sealed class SteadyReader : IAsyncDisposable
{
    /// <summary>Any error is one.</summary>
    public const string Steady = "steady";

    /// <summary>What is open may become stale, and is opened anew.</summary>
    public const string Reopen = "reopen";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;
    private readonly S3TestServer _server;
    private readonly int _files;

    private SteadyReader(ChildProcess process, S3TestServer server, int files) => (_process, _server, _files) = (process, server, files);

    public bool HasExited => _process.HasExited;

    public string Error => _process.Error;

    /// <param name="reference">A directory with the same files.</param>
    /// <param name="server">Where they come from.</param>
    public static async Task<SteadyReader> StartAsync(string directory, string reference, string mode, S3TestServer server)
    {
        ChildProcess process = await Client.StartPythonAsync("steady_reader.py", directory, reference, mode);
        await process.WaitForOutputAsync("reading", _patience);
        return new SteadyReader(process, server, Directory.GetFiles(reference).Length);
    }

    /// <summary>Some more requests that only a mount that is there now can have sent.</summary>
    public async Task ReadOnAsync()
    {
        long before = _server.Requests.Count(S3Operation.GetObject);
        await Eventually.IsTrueAsync(() => _server.Requests.Count(S3Operation.GetObject) > before + _files || HasExited, _patience, "it is read");
        Assert.That(HasExited, Is.False, Error);
    }

    /// <summary>What it has read: <c>reads</c>, <c>reopened</c>, and <c>wrong</c>, which is empty or the test fails.</summary>
    public async Task<JsonElement> EndAsync()
    {
        _process.CloseInput();
        ChildResult result = (await _process.WaitAsync(_patience)).EnsureSuccess();
        using var document = JsonDocument.Parse(result.OutputLines[^1]);
        Assert.That(document.RootElement.GetProperty("wrong").GetArrayLength(), Is.Zero, result.Output);
        return document.RootElement.Clone();
    }

    /// <summary>Its end, which an error has brought.</summary>
    public Task<ChildResult> FailedAsync() => _process.WaitAsync(_patience);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
