using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Doctor.Machine;
using S3Mount.Doctor.Speed;
using S3Mount.Doctor.Store;
using S3Mount.Hosting;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Doctor;

/// <summary><c>s3mount doctor</c>.</summary>
internal static class DoctorProgram
{
    /// <summary>Twice what a mount takes without --max-connections: whether that is too few is to be seen, too.</summary>
    private const int MostConnections = 2 * S3StoreOptions.DefaultMaxConnections;

    /// <summary>Of a mount without --io-deadline.</summary>
    private static readonly TimeSpan _defaultIoDeadline = TimeSpan.FromMinutes(5);

    /// <returns>The exit code: 1 when something failed, or it was stopped.</returns>
    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static async Task<int> RunAsync(DoctorCommand command, TextWriter output, bool hasColor)
    {
        OptionValues options = command.Options;
        BucketText? bucket = command.Bucket is null ? null : StoreOptionsReader.ReadBucket(command.Bucket, options);
        S3StoreOptions? store = bucket is { } named ? StoreOptionsReader.Read(named, options) : null;
        string? cache = options.Read(MountOptions.Cache, StoreOptionsReader.ParseFile, null);
        string? target = store is null ? null : $"s3://{store.Bucket}/{store.Prefix}";
        bool isQuick = options.Has(DoctorCommand.Quick), isJson = options.Has(CommonOptions.Json);
        TimeProvider time = TimeProvider.System;
        var findings = new Findings();
        ExaminedMachine machine = ExaminedMachine.Current;
        IReadOnlyList<ICheck> checks = DoctorChecks.OfMachine(machine, findings, cache, store?.IoDeadline ?? _defaultIoDeadline, isQuick);
        if (store is not null)
        {
            int most = options.Has(MountOptions.MaxConnections) ? store.MaxConnections : MostConnections;
            // What goes wrong is told by the checks: a log beside them would say it twice.
            var access = StoreAccess.Of(store, most, time, NullLogger.Instance);
            var throughput = new ThroughputOptions { Connections = ThroughputOptions.ConnectionsUpTo(most) };
            checks = [.. checks, .. DoctorChecks.OfStore(access, findings, store.Prefix, target!, throughput, isQuick, time)];
        }
        using var signals = new StopSignals(null);
        var run = new DoctorRun(checks, time);
        try
        {
            await run.RunAsync(isJson ? _ => Task.CompletedTask : new DoctorPrinter(output, new DoctorText(hasColor), target).PrintAsync, signals.Stopping).ConfigureAwait(false);
        }
        finally
        {
            if (findings.Store is { } opened)
                await opened.Store.DisposeAsync().ConfigureAwait(false);
        }
        IReadOnlyList<Recommendation> recommended = bucket is null ? [] : Recommendations.Of(findings, cache, machine.User);
        string? line = bucket is { } mounted && findings.Store is not null ? MountLine.Of(mounted, options, recommended) : null;
        var report = new DoctorReport(ProgramVersion.Text, target, run.Reports, run.IsStopped, recommended, line);
        await output.WriteAsync(isJson ? JsonSerializer.Serialize(report, DoctorJson.Default.DoctorReport) + "\n" : DoctorText.Summary(report)).ConfigureAwait(false);
        return report.IsHealthy ? EntryPoint.Done : EntryPoint.Failed;
    }

    /// <summary>A terminal shows colours unless NO_COLOR (no-color.org) or TERM=dumb asks for none.</summary>
    public static bool HasColor(bool isTerminal, Func<string, string?> variable) =>
        isTerminal && variable("NO_COLOR") is null or "" && variable("TERM") != "dumb";
}
