using System.Globalization;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Control.Client;
using S3Mount.FileSystem.Caching.Disk;

namespace S3Mount.Hosting;

/// <summary><c>s3mount cache stats|verify|clear</c>: works on the directory alone, beside mounts that use it.</summary>
internal static class CacheProgram
{
    /// <returns>The exit code: 1 when something is wrong in the cache.</returns>
    /// <exception cref="StartupException">It is no cache, or cannot be read or written.</exception>
    public static async Task<int> RunAsync(CacheCommand command, TextWriter output)
    {
        using var signals = new StopSignals(null);
        try
        {
            CacheDirectory directory = CacheDirectory.Open(command.Directory);
            CacheContents contents = command.Action switch
            {
                CacheAction.Stats => directory.Measure(),
                CacheAction.Verify => directory.Verify(static _ => { }, signals.Stopping),
                _ => directory.Clear(),
            };
            foreach (string problem in contents.Problems)
                await output.WriteLineAsync(problem).ConfigureAwait(false);
            await output.WriteAsync(command.Action switch
            {
                CacheAction.Stats => Describe(directory, contents),
                CacheAction.Verify => Verified(contents),
                _ => Text($"{Files(contents.Segments)} with {StatusText.Size(contents.Size)} of contents and {contents.Listings:N0} with {StatusText.Size(contents.ListingBytes)} of listings deleted\n"),
            }).ConfigureAwait(false);
            return contents.Problems.Count > 0 ? EntryPoint.Failed : EntryPoint.Done;
        }
        catch (OperationCanceledException e) when (signals.Stopping.IsCancellationRequested)
        {
            throw new StartupException("stopped before all was read", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new StartupException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{command.Directory}: {FileProblem.Describe(e)}", e);
        }
    }

    private static string Describe(CacheDirectory directory, CacheContents contents) => Text($"""
        {directory.Path}
          contents      {StatusText.Size(contents.Bytes)} in {contents.Records:N0} records; {StatusText.Size(contents.Size)} in {Files(contents.Segments + contents.Unfinished)}, {contents.Unfinished:N0} of them unfinished
          listings      {StatusText.Size(contents.ListingBytes)} in {Files(contents.Listings)}

        """);

    private static string Verified(CacheContents contents)
    {
        string discarded = contents.Discarded == 0 ? "" : Text($"; {contents.Discarded:N0} had been found damaged before");
        string unfinished = contents.Unfinished == 0 ? "" : Text($"; {Files(contents.Unfinished)} not read, being unfinished");
        return Text($"{contents.Records:N0} records in {Files(contents.Segments)} read, {StatusText.Size(contents.Bytes)} of contents are right; {contents.Bad:N0} records were damaged{discarded}{unfinished}\n");
    }

    private static string Files(long count) => Text($"{count:N0} {(count == 1 ? "file" : "files")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
