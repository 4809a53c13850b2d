using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using S3Mount.Control.Http;
using S3Mount.Fuse.Mounting;
using S3Mount.Interop;

namespace S3Mount.Control.Client;

/// <summary>Asks the daemon of one mount over its control socket, with a connection for each request. Any thread.</summary>
internal sealed class ControlClient(MountTableEntry mount)
{
    /// <summary>A mount is usable a moment before its socket is there: a script may ask at once.</summary>
    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _startPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The daemon, as soon as it was connected to, whether or not it answers; 0 when it is not known.</summary>
    public int Pid { get; private set; }

    /// <exception cref="ControlClientException"/>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> answer, TimeSpan deadline, CancellationToken cancellationToken) =>
        SendAsync(new ControlRequest("GET", path, default), answer, deadline, cancellationToken);

    /// <exception cref="ControlClientException"/>
    public Task<TAnswer> PostAsync<TRequest, TAnswer>(string path, TRequest body, JsonTypeInfo<TRequest> request, JsonTypeInfo<TAnswer> answer, TimeSpan deadline, CancellationToken cancellationToken) =>
        SendAsync(new ControlRequest("POST", path, JsonSerializer.SerializeToUtf8Bytes(body, request)), answer, deadline, cancellationToken);

    /// <summary>Of a request that says all by its path.</summary>
    /// <exception cref="ControlClientException"/>
    public Task<T> PostAsync<T>(string path, JsonTypeInfo<T> answer, TimeSpan deadline, CancellationToken cancellationToken) =>
        SendAsync(new ControlRequest("POST", path, default), answer, deadline, cancellationToken);

    private async Task<T> SendAsync<T>(ControlRequest request, JsonTypeInfo<T> type, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(deadline);
        try
        {
            using Socket socket = await ConnectAsync(timeout.Token).ConfigureAwait(false);
            if (await ControlExchange.AskAsync(socket, request, timeout.Token).ConfigureAwait(false) is not { } response)
                throw new ControlClientException(ControlFailure.NoAnswer, $"the daemon of {mount.Mountpoint}{PidText} ended before it answered");
            if (response.Status == 200)
                return JsonSerializer.Deserialize(response.Body.Span, type) ?? throw new JsonException("the answer is null");
            ControlProblem? problem = JsonSerializer.Deserialize(response.Body.Span, ControlJson.Default.ControlProblem);
            throw new ControlClientException(ControlFailure.Refused, problem?.Message ?? string.Create(CultureInfo.InvariantCulture, $"the daemon answered {response.Status}"));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ControlClientException(ControlFailure.NoAnswer, string.Create(CultureInfo.InvariantCulture, $"the daemon of {mount.Mountpoint}{PidText} does not answer within {deadline.TotalSeconds:0.#} s"), e);
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            throw new ControlClientException(ControlFailure.NoAnswer, $"the daemon of {mount.Mountpoint}{PidText} ended before it answered", e);
        }
        catch (Exception e) when (e is JsonException or ControlException)
        {
            throw new ControlClientException(ControlFailure.Refused, $"the daemon of {mount.Mountpoint}{PidText} answered what this s3mount ({ProgramVersion.Text}) does not understand", e);
        }
    }

    private string PidText => Pid == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (process {Pid})");

    private async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        uint self = LibC.GetEffectiveUid();
        uint owner = mount.UserId ?? self;
        if (self != 0 && self != owner)
            throw new ControlClientException(ControlFailure.NotAllowed, string.Create(CultureInfo.InvariantCulture, $"{mount.Mountpoint} is mounted by user {owner}: only that user and root may ask its daemon"));
        string? runtime = owner == self ? Environment.GetEnvironmentVariable(ControlDirectory.RuntimeVariable) : null;
        string[] directories = [.. ControlDirectory.PlacesOf(owner, runtime)];
        string[] paths = [.. directories.Select(directory => Path.Join(directory, ControlSocket.NameOf(mount.Device))).Where(ControlSocket.Fits)];
        for (long start = Stopwatch.GetTimestamp(); ;)
        {
            bool isDead = false;
            foreach (string path in paths)
            {
                (Socket? socket, SocketError error) = await TryConnectAsync(path, owner, cancellationToken).ConfigureAwait(false);
                if (socket is not null)
                    return socket;
                isDead |= error == SocketError.ConnectionRefused;
            }
            if (isDead)
                throw new ControlClientException(ControlFailure.Dead, $"the daemon of {mount.Mountpoint} has died; clear the mount with: s3mount umount {mount.Mountpoint}");
            if (Stopwatch.GetElapsedTime(start) > _startDeadline)
                throw new ControlClientException(ControlFailure.NoSocket, $"the daemon of {mount.Mountpoint} has no control socket in {string.Join(" or ", directories)}; its log says why");
            await Task.Delay(_startPause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(Socket? Socket, SocketError Error)> TryConnectAsync(string path, uint owner, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        bool isConnected = false;
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            PeerCredentials peer = PeerCredentials.Of(socket);
            // Anybody can make a directory of that name in /tmp.
            isConnected = peer.Uid == owner || peer.Uid == 0;
            Pid = isConnected ? peer.Pid : 0;
            return (isConnected ? socket : null, SocketError.AccessDenied);
        }
        catch (SocketException e)
        {
            return (null, e.SocketErrorCode);
        }
        finally
        {
            if (!isConnected)
                socket.Dispose();
        }
    }
}
