using Microsoft.Extensions.Logging;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.FileSystem.Snapshots;
using S3Mount.Logging;
using S3Mount.ObjectStore;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Hosting;

/// <summary><c>s3mount snapshot create|show|verify</c>.</summary>
internal static class SnapshotProgram
{
    /// <summary>A screen has room for them.</summary>
    private const int MostNamed = 10;

    /// <returns>The exit code.</returns>
    /// <exception cref="SnapshotException"/>
    /// <exception cref="StartupException"/>
    /// <exception cref="ObjectStoreException"/>
    public static async Task<int> RunAsync(SnapshotCommand command)
    {
        if (command.Action == SnapshotAction.Show)
        {
            await Console.Out.WriteAsync(SnapshotText.Of(SnapshotFile.Open(command.File).Summary)).ConfigureAwait(false);
            return EntryPoint.Done;
        }
        // Warnings only: what was done, and what failed, is told by the command itself.
        using var log = new LogQueue(StreamSink.OpenStandardError(null), TimeProvider.System);
        var logger = new LineLogger(log, LogLevel.Warning);
        using var signals = new StopSignals(null);
        try
        {
            return command.Action == SnapshotAction.Create
                ? await CreateAsync(command, logger, signals.Stopping).ConfigureAwait(false)
                : await VerifyAsync(command, logger, signals.Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (signals.Stopping.IsCancellationRequested)
        {
            string left = command.Action == SnapshotAction.Create ? $"; {command.File} is as it was" : "";
            throw new StartupException($"stopped before the store was listed to its end{left}", e);
        }
    }

    private static async Task<int> CreateAsync(SnapshotCommand command, ILogger logger, CancellationToken stopping)
    {
        S3StoreOptions options = StoreOptionsReader.Read(StoreOptionsReader.ReadBucket(command.Bucket!, command.Options), command.Options);
        S3ObjectStore store = await OpenAsync(options, logger, stopping).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var origin = new SnapshotOrigin { Bucket = options.Bucket, Prefix = options.Prefix, EndpointUrl = store.EndpointUrl, Region = store.Region };
            SnapshotSummary summary = await SnapshotWriter.CreateAsync(store, origin, command.File, TimeProvider.System, stopping).ConfigureAwait(false);
            await Console.Out.WriteAsync(SnapshotText.Of(summary)).ConfigureAwait(false);
            return EntryPoint.Done;
        }
    }

    private static async Task<int> VerifyAsync(SnapshotCommand command, ILogger logger, CancellationToken stopping)
    {
        SnapshotFile file = SnapshotFile.Open(command.File);
        SnapshotOrigin origin = file.Summary.Origin;
        S3StoreOptions given = StoreOptionsReader.Read(new BucketText(origin.Bucket, origin.Prefix), command.Options);
        // The region of a bucket at AWS is found by asking, also when the bucket has moved since.
        S3StoreOptions options = given with { EndpointUrl = given.EndpointUrl ?? origin.EndpointUrl, Region = given.Region ?? (origin.Region.Length > 0 ? origin.Region : null) };
        S3ObjectStore store = await OpenAsync(options, logger, stopping).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            // A copy elsewhere may be compared, but only if that is what was asked for.
            if (given.EndpointUrl is null && !origin.IsSameAs(origin with { EndpointUrl = store.EndpointUrl }))
                throw new StartupException($"{file.Path} is a snapshot of {origin}, but environment or profile name {store.EndpointUrl}; say which with --endpoint-url");
            SnapshotDifferences differences = await SnapshotVerifier.VerifyAsync(file, store, MostNamed, stopping).ConfigureAwait(false);
            if (!command.Options.Has(SnapshotCommand.Quiet))
                await Console.Out.WriteAsync(SnapshotText.Of(differences, file)).ConfigureAwait(false);
            return differences.IsSame ? EntryPoint.Done : EntryPoint.Failed;
        }
    }

    private static Task<S3ObjectStore> OpenAsync(S3StoreOptions options, ILogger logger, CancellationToken stopping) =>
        StoreOpening.OpenAsync(options, $"s3://{options.Bucket}/{options.Prefix}", static (_, _) => ValueTask.CompletedTask, TimeProvider.System, logger, stopping);
}
