using System.Collections.Concurrent;
using System.Net;

namespace S3Mount.MountTests.Stores;

/// <summary>Takes what is sent by OTLP over HTTP, on 127.0.0.1.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _receiving;

    public OtlpReceiver(int port)
    {
        Url = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _receiving = ReceiveAsync();
    }

    public string Url { get; }

    /// <summary>As it came: protobuf, in which names are their bytes.</summary>
    public ConcurrentQueue<(string Path, string? ContentType, byte[] Body)> Received { get; } = [];

    public void Dispose()
    {
        _listener.Close();
        _receiving.ContinueWith(static _ => { }, TaskScheduler.Default).Wait(TimeSpan.FromSeconds(5));
    }

    private async Task ReceiveAsync()
    {
        while (true)
        {
            HttpListenerContext context = await _listener.GetContextAsync();
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            Received.Enqueue((context.Request.Url!.AbsolutePath, context.Request.ContentType, body.ToArray()));
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }
}
