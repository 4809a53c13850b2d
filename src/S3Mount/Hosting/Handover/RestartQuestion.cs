using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace S3Mount.Hosting.Handover;

/// <summary>
/// Asks systemd whether the service that it ends is started again at once, for SIGTERM does not say, and whether it holds the descriptors.
/// </summary>
internal static class RestartQuestion
{
    /// <summary>In the unit (<c>%n</c>): its own name.</summary>
    public const string UnitVariable = "S3MOUNT_UNIT";

    /// <summary>Both questions, asked at once, take some 20 ms; what is left of the time to stop is for the mount (<see cref="StopBudget"/>).</summary>
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(1.5);

    /// <param name="descriptors">How many the store must hold.</param>
    /// <returns>False also where nobody answers: then the mount ends.</returns>
    public static async Task<bool> AskAsync(string unit, int descriptors)
    {
        using var deadline = new CancellationTokenSource(_deadline);
        try
        {
            // "NFileDescriptorStore=2"; and of each job its number, unit, type and state (systemctl(1)).
            string[] answers = await Task.WhenAll(
                RunAsync(["show", "--property=NFileDescriptorStore", unit], deadline.Token), RunAsync(["list-jobs", "--no-legend", "--plain"], deadline.Token)).ConfigureAwait(false);
            (string shown, string jobs) = (answers[0], answers[1]);
            return int.TryParse(shown.Trim().Split('=')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int held) && held >= descriptors
                && jobs.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Any(job => job.Length >= 3 && job[1] == unit && job[2] == "restart");
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(new ProcessStartInfo("systemctl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })
            ?? throw new InvalidOperationException("systemctl did not start");
        try
        {
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            _ = await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0 ? output : "";
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
