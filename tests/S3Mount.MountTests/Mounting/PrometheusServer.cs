using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Mounting;

/// <summary>A Prometheus on 127.0.0.1 that scrapes one target every second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    // It starts within two seconds on a machine that has nothing else to do.
    private static readonly TimeSpan _startDeadline = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly HttpClient _client;

    private PrometheusServer(ChildProcess process, Uri url)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <param name="target">HOST:PORT.</param>
    /// <param name="directory">For its configuration and what it stores.</param>
    public static async Task<PrometheusServer> StartAsync(string target, TempDirectory directory)
    {
        await File.WriteAllTextAsync(directory["prometheus.yml"], $"""
            global:
              scrape_interval: 1s
              scrape_timeout: 1s
            scrape_configs:
              - job_name: s3mount
                static_configs:
                  - targets: ["{target}"]
            """);
        string address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort()}");
        ChildProcess process = await Client.StartAsync(
            "/usr/bin/prometheus", $"--config.file={directory["prometheus.yml"]}", $"--storage.tsdb.path={directory["data"]}", "--storage.tsdb.retention.time=1h", $"--web.listen-address={address}");
        var server = new PrometheusServer(process, new Uri($"http://{address}/"));
        await Eventually.IsTrueAsync(
            async () => !process.HasExited ? await server.IsReadyAsync() : throw new ChildProcessException($"prometheus ended: {process.Error}"), _startDeadline, "prometheus is ready");
        return server;
    }

    /// <summary>The values of an instant query, NaN among them.</summary>
    public async Task<double[]> QueryAsync(string expression)
    {
        using HttpResponseMessage response = await _client.GetAsync("api/v1/query?query=" + Uri.EscapeDataString(expression), TestContext.CurrentContext.CancellationToken);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.That(document.RootElement.GetProperty("status").GetString(), Is.EqualTo("success"), $"{expression}: {document.RootElement}");
        return
        [
            .. document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .Select(sample => sample.GetProperty("value")[1].GetString()!)
                .Select(value => double.Parse(value.Replace("+Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>That nobody listens on now; somebody else may take it before it is used.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage response = await _client.GetAsync("-/ready", TestContext.CurrentContext.CancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
