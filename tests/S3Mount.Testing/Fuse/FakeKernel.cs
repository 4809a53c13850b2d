using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Testing.Fuse;

/// <summary>
/// The kernel's side of a FUSE connection without a kernel: typed calls that become real request bytes for a real
/// <see cref="FuseSession"/>, and real answers that are checked as fs/fuse/dev.c checks them. Calls may be made from several
/// threads and at the same time. What the session does wrong is kept in <see cref="Violations"/>.
/// </summary>
public sealed partial class FakeKernel : IAsyncDisposable
{
    private readonly FakeKernelOptions _options;
    private readonly ConcurrentDictionary<ulong, FakeCall> _calls = new();
    private readonly ConcurrentDictionary<ulong, long> _lookups = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentQueue<FakeNotification> _notifications = new();
    private readonly SemaphoreSlim _notified = new(0);
    private readonly int _readerThreads;
    private ulong _unique;
    private volatile bool _isEnded;

    private FakeKernel(IFuseFileSystem fileSystem, FuseSessionOptions? sessionOptions, FakeKernelOptions? options, ILogger? logger)
    {
        _options = options ?? new FakeKernelOptions();
        Device = new FakeFuseDevice { Sending = Take };
        sessionOptions ??= new FuseSessionOptions();
        _readerThreads = sessionOptions.ReaderThreads;
        Session = new FuseSession(Device, fileSystem, sessionOptions, logger ?? NullLogger.Instance);
    }

    public FakeFuseDevice Device { get; }

    public FuseSession Session { get; }

    /// <summary>What the session asked for in INIT: FUSE_* bits, 32 to 63 included.</summary>
    public ulong InitFlags { get; private set; }

    /// <summary>max_readahead of the answer to INIT.</summary>
    public uint MaxReadahead { get; private set; }

    /// <summary>Answers that a kernel would refuse: unknown uniques, second answers, wrong sizes.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    /// <summary>Lookups that the kernel holds and has not forgotten, by node id.</summary>
    public IReadOnlyDictionary<ulong, long> Lookups => _lookups;

    /// <summary>Connects a session to the file system: INIT is done when this returns.</summary>
    public static async Task<FakeKernel> StartAsync(
        IFuseFileSystem fileSystem, FuseSessionOptions? sessionOptions = null, FakeKernelOptions? options = null, ILogger? logger = null)
    {
        var kernel = new FakeKernel(fileSystem, sessionOptions, options, logger);
        byte[] init = new byte[kernel._options.InitLength];
        var body = new FuseInitIn
        {
            Major = kernel._options.Major,
            Minor = kernel._options.Minor,
            MaxReadahead = kernel._options.MaxReadahead,
            Flags = (uint)kernel._options.Flags,
            Flags2 = (uint)(kernel._options.Flags >> 32),
        };
        MemoryMarshal.AsBytes(new ReadOnlySpan<FuseInitIn>(in body))[..init.Length].CopyTo(init);
        Task<FakeReply<FuseInitOut>> call = kernel.CallAsync(FuseOpcode.Init, new NodeId(0), init, Fixed<FuseInitOut>, default);
        await kernel.Session.StartAsync(default);
        FuseInitOut answer = (await call).Required;
        (kernel.InitFlags, kernel.MaxReadahead) = (answer.Flags | ((ulong)answer.Flags2 << 32), answer.MaxReadahead);
        return kernel;
    }

    /// <summary>The next notification, in order; waits for it.</summary>
    public async Task<FakeNotification> NextNotificationAsync()
    {
        if (!await _notified.WaitAsync(_options.CallTimeout) || !_notifications.TryDequeue(out FakeNotification? notification))
            throw new TimeoutException("no notification came");
        return notification;
    }

    /// <summary>Ends the connection as an unmount does, and waits for the session.</summary>
    public Task UnmountAsync()
    {
        End(Errno.ENODEV);
        return Session.Completion.WaitAsync(_options.CallTimeout);
    }

    /// <summary>Ends the connection as /sys/fs/fuse/connections/N/abort does.</summary>
    public void Abort() => End(Errno.ECONNABORTED);

    public async ValueTask DisposeAsync()
    {
        End(Errno.ENODEV);
        await Session.DisposeAsync();
        _notified.Dispose();
    }

    /// <summary>
    /// Sends a request and waits for its answer. When <paramref name="interrupt"/> trips, the caller "gets a signal": INTERRUPT
    /// is sent, and again whenever the session says EAGAIN to it; the answer is still awaited, as the kernel does.
    /// </summary>
    internal async Task<FakeReply<T>> CallAsync<T>(
        FuseOpcode opcode, NodeId node, byte[] body, Func<byte[], T> parse, CancellationToken interrupt)
    {
        // Even and rising, as fuse_get_unique makes them.
        ulong unique = Interlocked.Add(ref _unique, 2);
        var call = new FakeCall(opcode);
        _calls[unique] = call;
        if (_isEnded)
            return new FakeReply<T>(Errno.ENOTCONN, default!);
        Device.Enqueue(Request(opcode, unique, node, body));
        using CancellationTokenRegistration signal = interrupt.Register(() => SendInterrupt(unique));
        (Errno error, byte[] answer) = await call.Answer.Task.WaitAsync(_options.CallTimeout, CancellationToken.None);
        return error == 0 ? new FakeReply<T>(error, parse(answer)) : new FakeReply<T>(error, default!);
    }

    /// <summary>Sends a message that is not answered.</summary>
    internal void Tell(FuseOpcode opcode, NodeId node, byte[] body) =>
        Device.Enqueue(Request(opcode, Interlocked.Add(ref _unique, 2), node, body));

    internal static T Fixed<T>(byte[] body)
        where T : unmanaged => MemoryMarshal.Read<T>(body);

    /// <summary>A request as bytes: struct fuse_in_header and the body.</summary>
    public static byte[] Request(FuseOpcode opcode, ulong unique, NodeId node, ReadOnlySpan<byte> body)
    {
        byte[] message = new byte[Unsafe.SizeOf<FuseInHeader>() + body.Length];
        var header = new FuseInHeader { Len = (uint)message.Length, Opcode = opcode, Unique = unique, NodeId = node.Value, Uid = 1000, Gid = 1000, Pid = 4242 };
        MemoryMarshal.Write(message, in header);
        body.CopyTo(message.AsSpan(Unsafe.SizeOf<FuseInHeader>()));
        return message;
    }

    private void SendInterrupt(ulong unique)
    {
        if (!_calls.ContainsKey(unique))
            return;
        // The INTERRUPT of a request has its unique plus one (FUSE_INT_REQ_BIT).
        Device.Enqueue(Request(FuseOpcode.Interrupt, unique | 1, new NodeId(0), BitConverter.GetBytes(unique)));
    }

    private void End(Errno reason)
    {
        _isEnded = true;
        Device.End(reason);
        foreach (ulong unique in _calls.Keys)
        {
            if (_calls.TryRemove(unique, out FakeCall? call))
                call.Answer.TrySetResult((Errno.ENOTCONN, []));
        }
    }

    /// <summary>fuse_dev_do_write: finds the request, checks the size, hands the answer to its caller.</summary>
    private Errno Take(byte[] message)
    {
        if (message.Length < 16)
            return Refuse($"an answer of {message.Length} bytes");
        FuseOutHeader header = MemoryMarshal.Read<FuseOutHeader>(message);
        byte[] body = message[16..];
        if (header.Len != message.Length)
            return Refuse($"an answer of {message.Length} bytes says that it has {header.Len}");
        if (header.Unique == 0)
            return Notify(header.Error, body);
        if (header.Error is > 0 or <= -1000)
            return Refuse($"error {header.Error}");
        if ((header.Unique & 1) != 0)
            return TakeInterruptAnswer(header);
        if (!_calls.TryRemove(header.Unique, out FakeCall? call))
        {
            // After the end this is normal; before it, it is a second answer or one to no request.
            if (!_isEnded)
                _violations.Enqueue($"answer {header.Error} to {header.Unique}, which nobody waits for");
            return Errno.ENOENT;
        }
        if (header.Error == 0 && SizeOf(call.Opcode) is { } size && size != body.Length)
        {
            call.Answer.TrySetResult((Errno.EIO, []));
            return Refuse($"the answer to {call.Opcode} has {body.Length} bytes, not {size}");
        }
        if (header.Error == 0)
            CountLookups(call.Opcode, body);
        call.Answer.TrySetResult(((Errno)(-header.Error), body));
        return 0;
    }

    private Errno TakeInterruptAnswer(in FuseOutHeader header)
    {
        if (header.Error != -(int)Errno.EAGAIN)
            _violations.Enqueue($"an INTERRUPT was answered with {header.Error}");
        if (!_calls.ContainsKey(header.Unique & ~1UL))
            return Errno.ENOENT;
        SendInterrupt(header.Unique & ~1UL);
        return 0;
    }

    private Errno Notify(int code, byte[] body)
    {
        _notifications.Enqueue(new FakeNotification(code, body));
        _notified.Release();
        return 0;
    }

    private Errno Refuse(string violation)
    {
        _violations.Enqueue(violation);
        return Errno.EINVAL;
    }

    private void CountLookups(FuseOpcode opcode, byte[] body)
    {
        if (opcode == FuseOpcode.Lookup)
            CountLookup(MemoryMarshal.Read<FuseEntryOut>(body).NodeId);
        if (opcode != FuseOpcode.ReadDirPlus)
            return;
        foreach (FakeDirent dirent in ParseDirents(body, isPlus: true))
        {
            if (dirent.Name is not ("." or ".."))
                CountLookup(dirent.Entry!.Value.NodeId);
        }
    }

    private void CountLookup(ulong node)
    {
        if (node != 0)
            _lookups.AddOrUpdate(node, 1, (_, count) => count + 1);
    }

    /// <summary>What copy_out_args demands of an answer without a variable last argument; null where any size will do.</summary>
    private static int? SizeOf(FuseOpcode opcode) => opcode switch
    {
        FuseOpcode.Lookup => 128,
        FuseOpcode.GetAttr => 104,
        FuseOpcode.Statx => 288,
        FuseOpcode.Open or FuseOpcode.OpenDir => 16,
        FuseOpcode.StatFs => 80,
        FuseOpcode.LSeek => 8,
        FuseOpcode.Flush or FuseOpcode.Release or FuseOpcode.ReleaseDir or FuseOpcode.Access or FuseOpcode.Destroy => 0,
        _ => null,
    };

    /// <summary>A request that waits for its answer.</summary>
    private sealed class FakeCall(FuseOpcode opcode)
    {
        public FuseOpcode Opcode => opcode;

        public TaskCompletionSource<(Errno Error, byte[] Body)> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
