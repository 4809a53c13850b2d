using System.Diagnostics;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.FileSystem.Warming;
using S3Mount.Hosting;

namespace S3Mount.Control.Client;

/// <summary><c>s3mount warm</c>: returns when everything is cached or has failed; what is cached is skipped the next time.</summary>
internal static class WarmProgram
{
    /// <returns>The exit code: 1 when anything failed, and of a check when anything is missing.</returns>
    /// <exception cref="StartupException">A path is in no mount, or it was stopped.</exception>
    /// <exception cref="ControlClientException">The daemon cannot be asked, or could not do it.</exception>
    public static async Task<int> RunAsync(WarmCommand command, TextWriter output, TextWriter progressOutput, bool isTerminal)
    {
        using var signals = new StopSignals(null);
        MountedPath? top = command.Path is { } path ? MountedPath.Find(path) : null;
        var list = new WarmPathList(top, command.Path);
        IEnumerable<string[]> batches = command.List is { } file ? list.Batches(Lines(file)) : [[top!.Inside]];
        long began = Stopwatch.GetTimestamp();
        using IEnumerator<string[]> rest = batches.GetEnumerator();
        if (!Next(rest, command))
            throw new StartupException($"{command.List} has no paths in it");
        var client = new ControlClient(list.Mount!);
        // A daemon that hangs is found out before it is waited for.
        MountStatus status = await client.GetAsync("/v1/status", ControlJson.Default.MountStatus, StatusProgram.Deadline, CancellationToken.None).ConfigureAwait(false);
        if (status.Cache is null)
            throw new StartupException($"the mount at {list.Mount!.Mountpoint} has no disk cache to bring anything to: mount with --cache DIR");
        WarmProgress result = await SendAsync(client, command, rest, progressOutput, isTerminal, signals.Stopping).ConfigureAwait(false);
        foreach (string failure in result.Failures)
            await progressOutput.WriteLineAsync($"s3mount: {failure}").ConfigureAwait(false);
        if (result.FailedFiles > result.Failures.Count)
            await progressOutput.WriteLineAsync($"s3mount: and {result.FailedFiles - result.Failures.Count} more").ConfigureAwait(false);
        await output.WriteLineAsync(command.Check ? WarmText.Checked(result) : WarmText.Summary(result, Stopwatch.GetElapsedTime(began))).ConfigureAwait(false);
        if (result.Problem is { } problem)
            throw new StartupException($"not all was tried: {problem}");
        return result.FailedFiles > 0 || (command.Check && result.AbsentFiles > 0) ? EntryPoint.Failed : EntryPoint.Done;
    }

    private static async Task<WarmProgress> SendAsync(
        ControlClient client, WarmCommand command, IEnumerator<string[]> batches, TextWriter progressOutput, bool isTerminal, CancellationToken stopping)
    {
        string job = Guid.NewGuid().ToString("N");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var display = new WarmDisplay(progressOutput, isTerminal, token => AskAsync(client, job, token));
        Task displayed = display.RunAsync(ended.Token);
        try
        {
            WarmProgress progress;
            bool isMore;
            do
            {
                string[] paths = batches.Current;
                isMore = Next(batches, command);
                progress = await client.PostAsync("/v1/warm", new WarmRequest(job, paths, command.Check, isMore),
                    ControlJson.Default.WarmRequest, ControlJson.Default.WarmProgress, Timeout.InfiniteTimeSpan, stopping).ConfigureAwait(false);
            }
            while (isMore);
            return progress;
        }
        catch (OperationCanceledException e) when (stopping.IsCancellationRequested)
        {
            throw new StartupException("stopped; what is cached stays, and the next time it goes on from there", e);
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await displayed.ConfigureAwait(false);
        }
    }

    // A display that cannot ask shows nothing; whoever waits for the end hears of it.
    private static async Task<WarmProgress?> AskAsync(ControlClient client, string job, CancellationToken cancellationToken)
    {
        try
        {
            WarmReport[] reports = await client.GetAsync("/v1/warm", ControlJson.Default.WarmReportArray, StatusProgram.Deadline, cancellationToken).ConfigureAwait(false);
            return Array.Find(reports, report => report.Job == job)?.Progress;
        }
        catch (ControlClientException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Lines(string file)
    {
        using TextReader reader = file == "-" ? Console.In : new StreamReader(file);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static bool Next(IEnumerator<string[]> batches, WarmCommand command)
    {
        try
        {
            return batches.MoveNext();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{command.List} cannot be read: {FileProblem.Describe(e)}", e);
        }
    }
}
