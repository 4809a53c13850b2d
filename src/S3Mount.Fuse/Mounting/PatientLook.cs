using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace S3Mount.Fuse.Mounting;

/// <summary>
/// A look at a path that may lie in, or be, a mount whose daemon hangs: on a thread of its own, which is left behind after a
/// deadline and stays in its system call until that ends, at the latest with this process.
/// </summary>
internal static class PatientLook
{
    /// <summary>A local look-up takes microseconds, a network file system a second; a hung daemon takes for ever.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>False when the deadline passed. What the look throws, the caller gets.</summary>
    public static bool TryRun<T>(Func<T> look, [MaybeNullWhen(false)] out T seen)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(Look) { Name = "mountpoint-look", IsBackground = true };
        thread.Start();
        bool isDone = thread.Join(Deadline);
        if (isDone)
            failure?.Throw();
        seen = isDone ? result : default;
        return isDone;

        void Look()
        {
            try
            {
                result = look();
            }
            catch (Exception e)
            {
                // Unhandled on this thread it would end the process.
                failure = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
