using System.Buffers.Binary;
using System.Collections.Concurrent;
using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;
using S3Mount.Testing.Fuzzing;

namespace S3Mount.FileSystem.Tests.Fuzz;

/// <summary>The file system behind a real session that is told messages as bytes; what comes back is matched with them.</summary>
internal sealed class FuzzedMount : IAsyncDisposable
{
    // Above those of the stand-in for the kernel, which shakes hands and asks whether the mount still lives.
    private const ulong FirstUnique = 1UL << 40;
    private const int AnswerHeaderLength = 16;
    private const int EntryLength = 128;
    private const int DirentLength = 24;

    private static readonly FuseOpcode[] _unanswered = [FuseOpcode.Forget, FuseOpcode.BatchForget, FuseOpcode.Interrupt, (FuseOpcode)41];

    private readonly FakeKernel _kernel;
    private readonly ConcurrentDictionary<ulong, byte[]> _answers = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly List<(byte[] Answer, bool IsPlus)> _entries = [];
    private ulong _unique = FirstUnique;

    private FuzzedMount(ObjectFileSystem fileSystem, FakeKernel kernel)
    {
        (FileSystem, _kernel) = (fileSystem, kernel);
        Func<byte[], Errno> sending = kernel.Device.Sending!;
        kernel.Device.Sending = message => message.Length >= AnswerHeaderLength && UniqueOf(message) >= FirstUnique ? Take(message) : sending(message);
    }

    public ObjectFileSystem FileSystem { get; }

    public static async Task<FuzzedMount> StartAsync(FakeObjectStore store)
    {
        // It stands still: no answer here waits for time to pass.
        var time = new FakeTimeProvider();
        var options = new ObjectFileSystemOptions { Prefix = "", MemoryBudget = 16 << 20, Uid = 1001, Gid = 1002 };
        var fileSystem = new ObjectFileSystem(store, options, time, new RecordingLogger());
        FakeKernel kernel = await FakeKernel.StartAsync(fileSystem, new FuseSessionOptions { ReaderThreads = 1 });
        return new FuzzedMount(fileSystem, kernel);
    }

    public static ulong UniqueOf(ReadOnlySpan<byte> answer) => BinaryPrimitives.ReadUInt64LittleEndian(answer[8..]);

    public static int ErrorOf(ReadOnlySpan<byte> answer) => BinaryPrimitives.ReadInt32LittleEndian(answer[4..]);

    /// <summary>Sends a message under a unique of its own, its header's length put right if so wanted, and waits for its answer if it gets one.</summary>
    /// <returns>Null: such a message is not answered.</returns>
    public async Task<byte[]?> SendAsync(byte[] message, bool isLengthRight)
    {
        if (message.Length < AnswerHeaderLength)
        {
            _kernel.Device.Enqueue(message);
            return null;
        }
        ulong unique = _unique += 2;
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(8), unique);
        if (isLengthRight)
            BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        _kernel.Device.Enqueue(message);
        return _unanswered.Contains((FuseOpcode)BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(4))) ? null : await AnswerAsync(unique);
    }

    /// <summary>Whether the mount answers as if nothing had been.</summary>
    public async Task CheckAsync()
    {
        FuzzCheckException.Unless((await _kernel.StatFsAsync(NodeId.Root)).IsOk, "statfs fails");
        FuzzCheckException.Unless(_wrong.IsEmpty, string.Join("; ", _wrong));
        FuzzCheckException.Unless(_kernel.Violations.Count == 0, string.Join("; ", _kernel.Violations));
    }

    /// <summary>Forgets whatever was handed out, one lookup after another: some may have been forgotten before, and more than that is refused.</summary>
    public async Task ForgetAllAsync()
    {
        foreach ((byte[] answer, bool isPlus) in _entries)
        {
            foreach (ulong node in NodesIn(answer.AsSpan(AnswerHeaderLength), isPlus))
                _kernel.Forget(new NodeId(node), 1);
        }
        await _kernel.SyncAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _kernel.DisposeAsync();
        await FileSystem.DisposeAsync();
    }

    /// <summary>An answer may hand out inodes: they are forgotten at the end.</summary>
    public void Note(byte[] request, byte[] answer)
    {
        var opcode = (FuseOpcode)BinaryPrimitives.ReadUInt32LittleEndian(request.AsSpan(4));
        if (ErrorOf(answer) == 0 && opcode is FuseOpcode.Lookup or FuseOpcode.ReadDirPlus)
            _entries.Add((answer, opcode == FuseOpcode.ReadDirPlus));
    }

    private async Task<byte[]> AnswerAsync(ulong unique)
    {
        long end = Environment.TickCount64 + 20_000;
        for (byte[]? answer; ;)
        {
            if (_answers.TryGetValue(unique, out answer))
                return answer;
            FuzzCheckException.Unless(Environment.TickCount64 < end, "a message is not answered");
            await Task.Yield();
        }
    }

    private Errno Take(byte[] answer)
    {
        int error = ErrorOf(answer);
        if (BinaryPrimitives.ReadInt32LittleEndian(answer) != answer.Length)
            _wrong.Enqueue($"an answer of {answer.Length} bytes says that it has another length");
        if (error is > 0 or <= -1000 || (error != 0 && answer.Length != AnswerHeaderLength))
            _wrong.Enqueue($"an answer with error {error} and {answer.Length} bytes");
        if (!_answers.TryAdd(UniqueOf(answer), answer))
            _wrong.Enqueue("a message is answered twice");
        return 0;
    }

    private static List<ulong> NodesIn(ReadOnlySpan<byte> body, bool isPlus)
    {
        var nodes = new List<ulong>();
        while (body.Length >= EntryLength)
        {
            nodes.Add(BinaryPrimitives.ReadUInt64LittleEndian(body));
            if (!isPlus || body.Length < EntryLength + DirentLength)
                break;
            int name = BinaryPrimitives.ReadInt32LittleEndian(body[(EntryLength + 16)..]);
            int length = EntryLength + ((DirentLength + name + 7) & ~7);
            body = body[Math.Min(length, body.Length)..];
        }
        return nodes;
    }
}
