using Mono.Unix.Native;
using S3Mount.Fuse.Session;
using S3Mount.Fuse.Tests.Protocol;
using S3Mount.Testing.Fuse;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>A started session on a device that is fed with bytes: INIT of Linux 6.18 is done.</summary>
internal sealed class RawSession : IAsyncDisposable
{
    private RawSession(FuseSessionOptions? options) =>
        Session = new FuseSession(Device, FileSystem, options ?? new FuseSessionOptions { ReaderThreads = 1 }, Log);

    public FakeFuseDevice Device { get; } = new();

    public ScriptedFileSystem FileSystem { get; } = new();

    public TestLogger Log { get; } = new();

    public FuseSession Session { get; }

    public static async Task<RawSession> StartAsync(Action<RawSession>? prepare = null, FuseSessionOptions? options = null, byte[]? init = null)
    {
        var raw = new RawSession(options);
        prepare?.Invoke(raw);
        raw.Device.Enqueue(init ?? GoldenInit.Init618Request);
        await raw.Session.StartAsync(default);
        _ = await raw.Device.TakeAsync();
        return raw;
    }

    /// <summary>Sends one message and returns the next that the session sends.</summary>
    public Task<byte[]> AskAsync(byte[] message)
    {
        Task<byte[]> answer = Device.TakeAsync();
        Device.Enqueue(message);
        return answer;
    }

    /// <summary>Sends messages that must not be answered; what was sent nevertheless comes back.</summary>
    public async Task<IReadOnlyList<byte[]>> TellAsync(params byte[][] messages)
    {
        foreach (byte[] message in messages)
            Device.Enqueue(message);
        await Eventually.TrueAsync(() => Device.IsIdle(1));
        return Device.TakeAll();
    }

    public static Errno ErrorOf(byte[] answer) => (Errno)(-BitConverter.ToInt32(answer, 4));

    public static ulong UniqueOf(byte[] answer) => BitConverter.ToUInt64(answer, 8);

    public ValueTask DisposeAsync() => Session.DisposeAsync();
}
