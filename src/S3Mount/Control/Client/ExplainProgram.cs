using System.Text.Json;
using S3Mount.CommandLine;
using S3Mount.Control.Endpoints;
using S3Mount.FileSystem.Explaining;

namespace S3Mount.Control.Client;

/// <summary><c>s3mount explain</c>.</summary>
internal static class ExplainProgram
{
    /// <summary>The daemon gives up first, and says so.</summary>
    private static readonly TimeSpan _deadline = ExplainEndpoint.Longest + TimeSpan.FromSeconds(5);

    /// <exception cref="Hosting.StartupException">The path is in no mount.</exception>
    /// <exception cref="ControlClientException">The daemon cannot be asked, or there is no such file.</exception>
    public static async Task RunAsync(ExplainCommand command, TextWriter output)
    {
        MountedPath path = MountedPath.Find(command.Path);
        var client = new ControlClient(path.Mount);
        FileExplanation explanation = await client.PostAsync(
            "/v1/explain", new ExplainRequest(path.Inside), ControlJson.Default.ExplainRequest, ControlJson.Default.FileExplanation, _deadline, CancellationToken.None).ConfigureAwait(false);
        if (command.Json)
            await output.WriteLineAsync(JsonSerializer.Serialize(explanation, ControlJson.Default.FileExplanation)).ConfigureAwait(false);
        else
            await output.WriteAsync(ExplainText.Write(explanation)).ConfigureAwait(false);
    }
}
