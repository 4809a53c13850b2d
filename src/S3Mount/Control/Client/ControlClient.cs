using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using S3Mount.Fuse.Mounting;
using S3Mount.Interop;

namespace S3Mount.Control.Client;

/// <summary>Asks the daemon of one mount over its control socket.</summary>
internal sealed class ControlClient : IDisposable
{
    private readonly MountTableEntry _mount;
    private readonly HttpClient _http;

    public ControlClient(MountTableEntry mount)
    {
        _mount = mount;
        // No proxy, no redirects: there is one place to go to.
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null, ConnectCallback = (_, token) => ConnectAsync(token) };
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://localhost/"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The daemon, as soon as it was connected to, whether or not it answers; 0 when it is not known.</summary>
    public int Pid { get; private set; }

    /// <exception cref="ControlClientException"/>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> answer, TimeSpan deadline, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), answer, deadline, cancellationToken);

    /// <exception cref="ControlClientException"/>
    public Task<TAnswer> PostAsync<TRequest, TAnswer>(string path, TRequest body, JsonTypeInfo<TRequest> request, JsonTypeInfo<TAnswer> answer, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, request));
        content.Headers.ContentType = new("application/json");
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, answer, deadline, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(deadline);
        try
        {
            using (request)
            using (HttpResponseMessage response = await _http.SendAsync(request, timeout.Token).ConfigureAwait(false))
            {
                if (response.IsSuccessStatusCode)
                    return await response.Content.ReadFromJsonAsync(type, timeout.Token).ConfigureAwait(false) ?? throw new JsonException("the answer is null");
                ControlProblem? problem = await response.Content.ReadFromJsonAsync(ControlJson.Default.ControlProblem, timeout.Token).ConfigureAwait(false);
                throw new ControlClientException(ControlFailure.Refused, problem?.Message ?? string.Create(CultureInfo.InvariantCulture, $"the daemon answered {(int)response.StatusCode}"));
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ControlClientException(ControlFailure.NoAnswer, string.Create(CultureInfo.InvariantCulture, $"the daemon of {_mount.Mountpoint}{PidText} does not answer within {deadline.TotalSeconds:0.#} s"), e);
        }
        catch (HttpRequestException e)
        {
            // What ConnectAsync throws comes wrapped or as it is, after the version of .NET.
            throw e.InnerException as ControlClientException
                ?? new ControlClientException(ControlFailure.NoAnswer, $"the daemon of {_mount.Mountpoint}{PidText} ended before it answered", e);
        }
        catch (JsonException e)
        {
            throw new ControlClientException(ControlFailure.Refused, $"the daemon of {_mount.Mountpoint}{PidText} answered what this s3mount ({ProgramVersion.Text}) does not understand", e);
        }
    }

    private string PidText => Pid == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" (process {Pid})");

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        uint self = LibC.GetEffectiveUid();
        uint owner = _mount.UserId ?? self;
        if (self != 0 && self != owner)
            throw new ControlClientException(ControlFailure.NotAllowed, string.Create(CultureInfo.InvariantCulture, $"{_mount.Mountpoint} is mounted by user {owner}: only that user and root may ask its daemon"));
        string? runtime = owner == self ? Environment.GetEnvironmentVariable(ControlDirectory.RuntimeVariable) : null;
        IReadOnlyList<string> places = ControlDirectory.PlacesOf(owner, runtime);
        bool isDead = false;
        foreach (string path in places.Select(directory => Path.Join(directory, ControlSocket.NameOf(_mount.Device))).Where(ControlSocket.Fits))
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
                PeerCredentials peer = PeerCredentials.Of(socket);
                // Anybody can make a directory of that name in /tmp.
                if (peer.Uid == owner || peer.Uid == 0)
                {
                    Pid = peer.Pid;
                    return new NetworkStream(socket, ownsSocket: true);
                }
                socket.Dispose();
            }
            catch (SocketException e)
            {
                socket.Dispose();
                isDead |= e.SocketErrorCode == SocketError.ConnectionRefused;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw isDead
            ? new ControlClientException(ControlFailure.Dead, $"the daemon of {_mount.Mountpoint} has died; clear the mount with: s3mount umount {_mount.Mountpoint}")
            : new ControlClientException(ControlFailure.NoSocket, $"the daemon of {_mount.Mountpoint} has no control socket in {string.Join(" or ", places)}; its log says why");
    }
}
