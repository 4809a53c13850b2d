namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>A delay that ends on the thread that moves the clock or cancels it, where Task.Delay leaves for the thread pool.</summary>
internal static class FakeDelay
{
    public static async Task For(TimeSpan delay, TimeProvider time, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource();
        using ITimer timer = time.CreateTimer(_ => done.TrySetResult(), null, delay, Timeout.InfiniteTimeSpan);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister((_, token) => done.TrySetCanceled(token), null);
        await done.Task;
    }
}
