using System.Globalization;
using S3Mount.CommandLine;
using S3Mount.Control.Endpoints;
using S3Mount.FileSystem;
using S3Mount.Hosting;

namespace S3Mount.Control.Client;

/// <summary><c>s3mount refresh</c>: returns when whoever looks sees what is in the store now.</summary>
internal static class RefreshProgram
{
    /// <summary>The daemon gives up first, and says so.</summary>
    private static readonly TimeSpan _deadline = RefreshEndpoint.Longest + TimeSpan.FromSeconds(10);

    /// <exception cref="StartupException">The path is in no mount, or not in the store.</exception>
    /// <exception cref="ControlClientException">The daemon cannot be asked, or could not do it.</exception>
    public static async Task RunAsync(RefreshCommand command, TextWriter output)
    {
        MountedPath path = MountedPath.Find(command.Path);
        var client = new ControlClient(path.Mount);
        // A daemon that hangs is found out before it is waited for.
        await client.GetAsync("/v1/status", ControlJson.Default.MountStatus, StatusProgram.Deadline, CancellationToken.None).ConfigureAwait(false);
        RefreshResult result = await client.PostAsync("/v1/refresh", new RefreshRequest(path.Inside, command.Recursive),
            ControlJson.Default.RefreshRequest, ControlJson.Default.RefreshResult, _deadline, CancellationToken.None).ConfigureAwait(false);
        if (!result.Exists && result.Removed == 0)
            throw new StartupException($"there is no {command.Path} in the store");
        await output.WriteLineAsync(Describe(result)).ConfigureAwait(false);
        if (!result.IsTold)
            throw new StartupException("the kernel has not taken all of it yet: a program waits for the store in one of these directories; until then it may show what it remembers");
    }

    internal static string Describe(RefreshResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{Count(result.Directories, "directory", "directories")} listed, {Count(result.Entries, "entry", "entries")}: {result.Added:N0} new, {result.Changed:N0} changed, {result.Removed:N0} gone");

    private static string Count(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");
}
