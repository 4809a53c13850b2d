using System.Diagnostics;

namespace S3Mount.MountTests.Mounting;

/// <summary>Waits for what happens in other processes and tells nobody.</summary>
internal static class Eventually
{
    // Short enough to go unnoticed, long enough to leave the processors to those who are waited for.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(25);

    /// <exception cref="AssertionException">Not within the deadline.</exception>
    public static Task IsTrueAsync(Func<bool> condition, TimeSpan deadline, string what) => IsTrueAsync(() => Task.FromResult(condition()), deadline, what);

    /// <exception cref="AssertionException">Not within the deadline.</exception>
    public static async Task IsTrueAsync(Func<Task<bool>> condition, TimeSpan deadline, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > deadline)
                Assert.Fail($"not so within {deadline.TotalSeconds} s: {what}");
            await Task.Delay(_pause, TestContext.CurrentContext.CancellationToken);
        }
    }
}
