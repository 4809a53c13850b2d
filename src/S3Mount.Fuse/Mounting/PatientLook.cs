using System.Diagnostics.CodeAnalysis;

namespace S3Mount.Fuse.Mounting;

/// <summary>
/// A look at a path that may lie in, or be, a mount whose daemon hangs: on a thread of its own, which is left behind after a
/// deadline and stays in its system call until that ends, at the latest with this process.
/// </summary>
internal static class PatientLook
{
    /// <summary>A local look-up takes microseconds, a network file system a second; a hung daemon takes for ever.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>False when the deadline passed.</summary>
    /// <param name="look">Must not throw.</param>
    public static bool TryRun<T>(Func<T> look, [MaybeNullWhen(false)] out T seen)
    {
        T result = default!;
        var thread = new Thread(() => result = look()) { Name = "mountpoint-look", IsBackground = true };
        thread.Start();
        bool isDone = thread.Join(Deadline);
        seen = isDone ? result : default;
        return isDone;
    }
}
