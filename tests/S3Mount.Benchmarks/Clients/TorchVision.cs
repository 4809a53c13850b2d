using S3Mount.Testing.Processes;

namespace S3Mount.Benchmarks.Clients;

/// <summary>Whether the ImageFolder rows can be measured here.</summary>
internal static class TorchVision
{
    public static async Task<bool> IsPresentAsync(CancellationToken cancellationToken) =>
        (await ChildProcess.RunAsync("/usr/bin/python3", ["-c", "import torchvision"], cancellationToken: cancellationToken)).ExitCode == 0;
}
