using System.Diagnostics.Tracing;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace S3Mount.Telemetry.Otlp;

/// <summary>Writes into the log of the mount what the SDK tells of metrics that it could not send, once a minute at most. Any thread.</summary>
internal sealed class OtlpProblems : EventListener
{
    // The exporter's: the SDK itself warns of every instrument of the framework that nobody wants.
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private static readonly TimeSpan _saidEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private long? _saidAt; // guarded by _gate

    public OtlpProblems(TimeProvider timeProvider, ILogger logger)
    {
        (_timeProvider, _logger) = (timeProvider, logger);
        // Not in OnEventSourceCreated: the base's constructor calls it before there is a log.
        EventSourceCreated += (_, created) => Listen(created.EventSource);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        lock (_gate)
        {
            if (_saidAt is { } saidAt && _timeProvider.GetElapsedTime(saidAt) < _saidEvery)
                return;
            _saidAt = _timeProvider.GetTimestamp();
        }
        string text = eventData.Message is { } message
            ? string.Format(CultureInfo.InvariantCulture, message, [.. eventData.Payload ?? (IReadOnlyList<object?>)[]])
            : eventData.EventName ?? "";
        // Exceptions come as a whole, stack and all.
        _logger.MetricsNotSent(text.Split('\n', 2)[0].TrimEnd());
    }

    private void Listen(EventSource? source)
    {
        if (source?.Name == Source)
            EnableEvents(source, EventLevel.Warning);
    }
}
