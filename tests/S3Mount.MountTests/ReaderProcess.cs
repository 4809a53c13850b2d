using System.Globalization;
using System.Text.Json;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests;

/// <summary>A process that opens and reads what a test tells it to, step by step: <c>clients/reader.py</c>.</summary>
internal sealed class ReaderProcess : IAsyncDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private int _asked;

    private ReaderProcess(ChildProcess process) => _process = process;

    public ChildProcess Process => _process;

    public static async Task<ReaderProcess> StartAsync() => new(await Client.StartPythonAsync("reader.py"));

    /// <summary>What the script answered: a version, a list, <c>ESTALE</c>, ...</summary>
    public async Task<string> AskAsync(string operation, params object[] arguments)
    {
        int number = await BeginAsync(operation, arguments);
        return await AnswerAsync(number);
    }

    /// <summary>Asks and does not wait.</summary>
    public async Task<int> BeginAsync(string operation, params object[] arguments)
    {
        await _process.SendLineAsync(JsonSerializer.Serialize((object[])[operation, .. arguments]));
        return _asked++;
    }

    public async Task<string> AnswerAsync(int number)
    {
        string begin = string.Create(CultureInfo.InvariantCulture, $"#{number} ");
        string end = string.Create(CultureInfo.InvariantCulture, $" #{number}.\n");
        string output = await _process.WaitForOutputAsync(end, _deadline, TestContext.CurrentContext.CancellationToken);
        int start = output.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return output[start..output.IndexOf(end, start, StringComparison.Ordinal)];
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
