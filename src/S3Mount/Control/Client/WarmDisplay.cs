using System.Diagnostics;
using S3Mount.FileSystem.Warming;

namespace S3Mount.Control.Client;

/// <summary>Shows how far warming is while it lasts: a bar on a terminal, else a line every few seconds.</summary>
internal sealed class WarmDisplay(TextWriter output, bool isTerminal, Func<CancellationToken, Task<WarmProgress?>> ask)
{
    private static readonly TimeSpan _terminalPause = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan _linePause = TimeSpan.FromSeconds(5);

    // What was a minute ago says nothing of the time left.
    private static readonly TimeSpan _memory = TimeSpan.FromSeconds(10);

    private readonly Queue<(long Moment, long Bytes)> _past = new();

    /// <summary>Returns, without failing, when it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await Task.Delay(isTerminal ? _terminalPause : _linePause, stopping).ConfigureAwait(false);
                if (await ask(stopping).ConfigureAwait(false) is { Files: > 0 } progress)
                    await ShowAsync(progress).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            if (isTerminal)
                await output.WriteAsync("\r\e[K").ConfigureAwait(false);
        }
    }

    private async Task ShowAsync(WarmProgress progress)
    {
        long now = Stopwatch.GetTimestamp();
        _past.Enqueue((now, progress.FetchedBytes));
        while (Stopwatch.GetElapsedTime(_past.Peek().Moment, now) > _memory && _past.Count > 2)
            _past.Dequeue();
        double seconds = Stopwatch.GetElapsedTime(_past.Peek().Moment, now).TotalSeconds;
        double rate = seconds > 0 ? (progress.FetchedBytes - _past.Peek().Bytes) / seconds : 0;
        string line = WarmText.Line(progress, rate, isTerminal);
        await output.WriteAsync(isTerminal ? $"\r{line}\e[K" : line + "\n").ConfigureAwait(false);
        await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
