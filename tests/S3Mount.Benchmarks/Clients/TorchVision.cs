using System.Diagnostics;

namespace S3Mount.Benchmarks.Clients;

/// <summary>Whether the ImageFolder rows can be measured here.</summary>
internal static class TorchVision
{
    public static bool IsPresent
    {
        get
        {
            using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", "import torchvision"]) { RedirectStandardError = true })!;
            python.WaitForExit();
            return python.ExitCode == 0;
        }
    }
}
