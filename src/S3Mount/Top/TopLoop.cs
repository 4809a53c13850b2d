using System.Threading.Channels;

namespace S3Mount.Top;

/// <summary>Draws what a <see cref="TopWatch"/> sees, at each look and whenever it is woken. One thread, but for <see cref="Wake"/>.</summary>
/// <param name="draw">Puts a frame on the screen.</param>
/// <param name="interval">From the beginning of one look to that of the next.</param>
internal sealed class TopLoop(TopWatch watch, Action<TopFrame> draw, TimeSpan interval, TimeProvider timeProvider)
{
    // Who is woken twice draws once.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task? _woken;

    /// <summary>The screen is another one: what is known is drawn again. Any thread.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Returns when it is stopped.</summary>
    /// <exception cref="Hosting.StartupException">The mount is gone.</exception>
    /// <exception cref="Control.Client.ControlClientException">This user may not ask.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            draw(watch.Frame);
            while (true)
            {
                long began = timeProvider.GetTimestamp();
                await DrawUntilAsync(watch.LookAsync(stopping), stopping).ConfigureAwait(false);
                draw(watch.Frame);
                TimeSpan left = interval - timeProvider.GetElapsedTime(began);
                if (left > TimeSpan.Zero)
                    await DrawUntilAsync(Task.Delay(left, timeProvider, stopping), stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Whoever looked has seen enough.
        }
    }

    private async Task DrawUntilAsync(Task end, CancellationToken stopping)
    {
        while (await Task.WhenAny(end, _woken ??= _wake.Reader.ReadAsync(stopping).AsTask()).ConfigureAwait(false) == _woken)
        {
            await _woken.ConfigureAwait(false);
            _woken = null;
            draw(watch.Frame);
        }
        await end.ConfigureAwait(false);
    }
}
