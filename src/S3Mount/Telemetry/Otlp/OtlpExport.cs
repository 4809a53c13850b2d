using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace S3Mount.Telemetry.Otlp;

/// <summary>
/// Sends the metrics of a mount by OTLP, as the variables of OpenTelemetry say: endpoint, protocol, headers, interval, resource. It is the only
/// class that needs the SDK, whose assemblies are not loaded for a mount that sends nothing.
/// </summary>
internal sealed class OtlpExport : IAsyncDisposable
{
    /// <summary>A last look at a collector that answers; what a stop may take is for what is in flight.</summary>
    private static readonly TimeSpan _stopDeadline = TimeSpan.FromSeconds(1);

    private readonly Meter _meter;
    private readonly MeterProvider _provider;
    private readonly OtlpProblems _problems;

    private OtlpExport(Meter meter, TimeProvider timeProvider, ILogger logger)
    {
        _meter = meter;
        _problems = new OtlpProblems(timeProvider, logger);
        _provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddService("s3mount", serviceVersion: ProgramVersion.Text).AddTelemetrySdk().AddEnvironmentVariableDetector())
            .AddMeter(meter.Name)
            .AddOtlpExporter()
            .Build();
    }

    /// <param name="meter">Owned by the export from here on.</param>
    public static IAsyncDisposable Start(Meter meter, TimeProvider timeProvider, ILogger logger) => new OtlpExport(meter, timeProvider, logger);

    /// <summary>Sends what there is once more, if it can be had quickly.</summary>
    public async ValueTask DisposeAsync()
    {
        // The SDK waits for a collector that does not answer as long as it likes; nobody waits for that thread.
        Task ending = Task.Factory.StartNew(_provider.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await ending.WaitAsync(_stopDeadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _meter.Dispose();
        _problems.Dispose();
    }
}
