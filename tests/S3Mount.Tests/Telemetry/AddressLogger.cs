using System.Net;
using Microsoft.Extensions.Logging;

namespace S3Mount.Tests.Telemetry;

/// <summary>Remembers where metrics are served, as the log says it.</summary>
internal sealed class AddressLogger : ILogger
{
    public IPEndPoint? Address { get; private set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string text = formatter(state, exception);
        if (text.StartsWith("metrics are served at http://", StringComparison.Ordinal))
            Address = IPEndPoint.Parse(text.Split('/')[2]);
    }
}
