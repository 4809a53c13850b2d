using System.Net.Sockets;
using System.Text;

namespace S3Mount.Testing.S3Server.Http;

internal sealed partial class HttpConnection
{
    // Up to here a body is copied behind its head, so that both leave with one system call; above, it is sent from where it lies.
    private const int MaxCopied = 64 << 10;

    /// <summary>Sends an answer; false when the connection has ended with it.</summary>
    private async ValueTask<bool> SendAsync(ServerRequest request, ServerResponse response, bool keepsAlive, CancellationToken cancellationToken)
    {
        _head.ResetWrittenCount();
        ResponseHead.Write(_head, response, keepsAlive);
        long length = request.Method == "HEAD" || response.Content is null ? 0 : response.Length;
        _pacer.Begin(request.Received + (long)(response.Delay.TotalSeconds * _timeProvider.TimestampFrequency));
        if (response.Interruptions.Count > 0 || response.Dribble is not null)
            return await SendInterruptedAsync(response, length, cancellationToken);

        if (length <= MaxCopied)
        {
            response.Content?.CopyTo(response.Offset, _head.GetSpan((int)length)[..(int)length]);
            _head.Advance((int)length);
            await _pacer.TakeAsync((int)length, response.BytesPerSecond, cancellationToken);
            _traffic.Sending(length);
            await _stream.WriteAsync(_head.WrittenMemory, cancellationToken);
            return true;
        }
        await SendHeadAsync(0, _head.WrittenCount, cancellationToken);
        await SendBodyAsync(response, 0, length, cancellationToken);
        return true;
    }

    private async ValueTask<bool> SendInterruptedAsync(ServerResponse response, long length, CancellationToken cancellationToken)
    {
        int headSent = 0;
        long sent = 0;
        foreach (BodyInterruption interruption in response.Interruptions)
        {
            if (interruption.IsInHead)
                headSent = await SendHeadAsync(headSent, (int)Math.Min(interruption.AfterBytes, _head.WrittenCount), cancellationToken);
            else if (interruption.AfterBytes > length)
                break;
            else if (interruption.AfterBytes > BodyInterruption.BeforeHead)
                headSent = await SendHeadAsync(headSent, _head.WrittenCount, cancellationToken);
            if (!interruption.IsInHead && interruption.AfterBytes > sent)
            {
                await SendBodyAsync(response, sent, interruption.AfterBytes, cancellationToken);
                sent = interruption.AfterBytes;
            }
            if (!await interruption.RunAsync(this, cancellationToken))
                return false;
        }
        await SendHeadAsync(headSent, _head.WrittenCount, cancellationToken);
        await SendBodyAsync(response, sent, length, cancellationToken);
        return true;
    }

    // Returns how much of it has been sent then.
    private async ValueTask<int> SendHeadAsync(int position, int end, CancellationToken cancellationToken)
    {
        if (end <= position)
            return position;
        await _pacer.TakeAsync(0, 0, cancellationToken);
        await _stream.WriteAsync(_head.WrittenMemory[position..end], cancellationToken);
        return end;
    }

    private async ValueTask SendBodyAsync(ServerResponse response, long position, long end, CancellationToken cancellationToken)
    {
        int step = Pacer.StepOf(response.BytesPerSecond);
        while (position < end)
        {
            long most = Math.Min(step, end - position);
            if (response.Dribble is { } dribble)
            {
                most = dribble.StepAt(position, most);
                if (position > 0 && position >= dribble.AfterBytes)
                    await DelayAsync(dribble.Pause, cancellationToken);
            }
            ReadOnlyMemory<byte> piece = response.Content!.Peek(response.Offset + position, (int)most);
            await _pacer.TakeAsync(piece.Length, response.BytesPerSecond, cancellationToken);
            _traffic.Sending(piece.Length);
            await _stream.WriteAsync(piece, cancellationToken);
            position += piece.Length;
        }
    }

    private async ValueTask RefuseAsync(HttpException exception, CancellationToken cancellationToken)
    {
        var response = new ServerResponse(exception.Status, Encoding.UTF8.GetBytes(exception.Message));
        _head.ResetWrittenCount();
        ResponseHead.Write(_head, response, keepsAlive: false);
        Encoding.UTF8.GetBytes(exception.Message, _head);
        await _stream.WriteAsync(_head.WrittenMemory, cancellationToken);
        _socket.Shutdown(SocketShutdown.Send);
    }
}
