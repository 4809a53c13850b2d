using System.Globalization;
using S3Mount.Doctor.Store;
using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.Doctor;

/// <summary>Runs checks one after another, each until its deadline; what one does wrong, it alone answers for.</summary>
internal sealed class DoctorRun(IReadOnlyList<ICheck> checks, TimeProvider timeProvider)
{
    private readonly List<CheckReport> _reports = [];

    public IReadOnlyList<CheckReport> Reports => _reports;

    /// <summary>The token ended it before the last check.</summary>
    public bool IsStopped { get; private set; }

    /// <param name="told">Hears of each check when it has ended.</param>
    public async Task RunAsync(Func<CheckReport, Task> told, CancellationToken stopping)
    {
        foreach (ICheck check in checks)
        {
            if (stopping.IsCancellationRequested || await TryAsync(check, stopping).ConfigureAwait(false) is not { } result)
            {
                IsStopped = true;
                return;
            }
            var report = CheckReport.Of(check, result);
            _reports.Add(report);
            await told(report).ConfigureAwait(false);
        }
    }

    // Null: stopped.
    private async Task<CheckResult?> TryAsync(ICheck check, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(check.Deadline, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        try
        {
            // A look at a disk that hangs heeds no token: its thread is left to it, and ends with this process.
            return await Task.Run(() => check.RunAsync(either.Token), CancellationToken.None).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (deadline.IsCancellationRequested || e is OperationCanceledException)
        {
            return CheckResult.Failed(
                string.Create(CultureInfo.InvariantCulture, $"did not end within {check.Deadline.TotalSeconds:0} s"),
                check.Area == CheckArea.Machine ? "look for a disk or a mount that hangs (cat /proc/self/mountinfo, dmesg)" : "check the network, firewalls and proxies on the way to the store");
        }
        catch (ObjectStoreException e)
        {
            return CheckResult.Failed(e.Message, StoreAdvice.Of(e));
        }
        catch (FuseException e)
        {
            return CheckResult.Failed(e.Message, "look at what is mounted there (cat /proc/self/mountinfo)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CheckResult.Failed(e.Message.ReplaceLineEndings(" "), check.Area == CheckArea.Machine ? "look at the file or directory, and at its permissions" : "check the network, firewalls and proxies on the way to the store");
        }
    }
}
