using System.Buffers.Binary;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;
using S3Mount.Testing.Fuzzing;
using S3Mount.Testing.Objects;

namespace S3Mount.FileSystem.Tests.Fuzz;

/// <summary>
/// Messages of a kernel that has lost its mind, to the file system itself: each is answered or dropped, what is read is what a file has there,
/// the mount lives on, and what was forgotten takes no room. An input is messages, each behind its length in two bytes, of which the highest bit
/// leaves the length in its header as it is.
/// </summary>
[Category("Fuzz")]
internal sealed class FuseFuzzTests
{
    private const int HeaderLength = 40;
    private const int AnswerHeaderLength = 16;
    // The root, d, d/e and empty.
    private const int Directories = 4;

    private static readonly string[] _keys = ["a", "d/b", "d/e/c", "empty/", "large"];
    private static readonly byte[][] _words =
    [
        .. new long[] { 0, 1, 2, 3, 4, 5, -1, int.MaxValue, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue, long.MaxValue - 4096, 4096, 131072 }.Select(BitConverter.GetBytes),
        .. Enumerable.Range(1, 54).Select(BitConverter.GetBytes), .. FuzzRun.Words("a\0", "d\0", "..\0", ".\0", "a/b\0", "user.s3.key\0", "user.s3.etag\0", "\xff\0"),
    ];

    [Test]
    public async Task Whatever_the_kernel_says_the_mount_answers_and_lives_on()
    {
        await using var store = new FakeObjectStore();
        foreach (string key in _keys)
            store.Put(new StoredObject { Key = new ObjectStore.ObjectKey(key), Content = new RampContent(key.Length, SizeOf(key)), LastModified = DateTimeOffset.UnixEpoch });
        List<byte[]> inputs = await CorpusAsync(store);
        var run = new FuzzRun { Corpus = Corpus.Of("FuseMessages", inputs), Executions = 1000, Tokens = _words, MaxLength = 4096 };
        FuzzResult result = run.Run(input => ExecuteAsync(store, input));
        Assert.That(result.Count("read and forgotten"), Is.GreaterThan(result.Executions / 20));
        Assert.That(result.Count("forgotten"), Is.GreaterThan(result.Executions / 20));
    }

    private static async Task<string> ExecuteAsync(FakeObjectStore store, byte[] input)
    {
        bool hasRead = false;
        await using FuzzedMount mount = await FuzzedMount.StartAsync(store);
        for (int at = 0; at + 2 <= input.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(input.AsSpan(at));
            bool isLengthRight = (length & 0x8000) == 0;
            byte[] message = [.. input.AsSpan(at + 2, Math.Min(length & 0x7fff, input.Length - at - 2))];
            at += 2 + message.Length;
            // The last word of a connection, and the first: no kernel says them in between.
            if (message.Length >= 8 && (FuseOpcode)BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(4)) is FuseOpcode.Destroy or FuseOpcode.Init)
                continue;
            if (await mount.SendAsync(message, isLengthRight) is not { } answer)
                continue;
            mount.Note(message, answer);
            hasRead |= IsGoodRead(message, answer);
        }
        await mount.CheckAsync();
        await mount.ForgetAllAsync();
        FuzzCheckException.Unless(mount.FileSystem.Statistics.Inodes <= Directories, $"{mount.FileSystem.Statistics.Inodes} inodes are left");
        return hasRead ? "read and forgotten" : "forgotten";
    }

    // False for what is no READ that brought bytes.
    private static bool IsGoodRead(byte[] message, byte[] answer)
    {
        if ((FuseOpcode)BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(4)) != FuseOpcode.Read || answer.Length == AnswerHeaderLength)
            return false;
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(HeaderLength + 8));
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(HeaderLength + 16));
        byte[] read = answer[AnswerHeaderLength..];
        FuzzCheckException.Unless((uint)read.Length <= size, "more than was asked for");
        FuzzCheckException.Unless(
            _keys.Any(key => offset < (ulong)SizeOf(key) && read.Length == (int)Math.Min(size, (ulong)SizeOf(key) - offset) && Ramp.FirstDifference(read, (long)offset, key.Length) == -1),
            "bytes that no file has there");
        return true;
    }

    private static int SizeOf(string key) => key switch
    {
        "empty/" => 0,
        "large" => 300_000,
        _ => 1000 * key.Length,
    };

    // What a kernel says in an ordinary life; the node ids are those that this file system gives every time.
    private static async Task<List<byte[]>> CorpusAsync(FakeObjectStore store)
    {
        await using FuzzedMount mount = await FuzzedMount.StartAsync(store);
        byte[] lookA = Message(FuseOpcode.Lookup, 1, "a\0"u8), lookD = Message(FuseOpcode.Lookup, 1, "d\0"u8), lookLarge = Message(FuseOpcode.Lookup, 1, "large\0"u8);
        ulong a = await NodeAsync(lookA), d = await NodeAsync(lookD), large = await NodeAsync(lookLarge);
        byte[] lookB = Message(FuseOpcode.Lookup, d, "b\0"u8);
        ulong b = await NodeAsync(lookB);
        return
        [
            Input(lookA, Message(FuseOpcode.GetAttr, a, new byte[16]), Read(FuseOpcode.Read, a, 0, 4096), Forget(a, 1)),
            Input(lookD, lookB, Read(FuseOpcode.Read, b, 100, 1 << 17), Message(FuseOpcode.BatchForget, 0, [.. Words(1), .. Words((long)b, 1)]), lookB, Forget(b, 1)),
            Input(Read(FuseOpcode.ReadDir, 1, 0, 4096), Read(FuseOpcode.ReadDirPlus, 1, 0, 4096), Read(FuseOpcode.ReadDirPlus, d, 0, 200), Read(FuseOpcode.ReadDir, d, 1L << 32, 4096)),
            Input(lookLarge, Read(FuseOpcode.Read, large, 0, 1 << 17), Read(FuseOpcode.Read, large, 1 << 17, 1 << 17), Read(FuseOpcode.Read, large, 299_999, 4096), Read(FuseOpcode.Read, large, long.MaxValue - 1, 4096)),
            Input(lookA, Message(FuseOpcode.GetXattr, a, [.. Words(256), .. "user.s3.key\0"u8]), Message(FuseOpcode.ListXattr, a, Words(0)), Message(FuseOpcode.LSeek, a, Words(0, 10, 3)),
                Message(FuseOpcode.Statx, a, new byte[24]), Message(FuseOpcode.Access, a, Words(4)), Message(FuseOpcode.StatFs, 1, [])),
            Input(lookA, Message(FuseOpcode.Open, a, Words(0)), Message(FuseOpcode.Flush, a, new byte[24]), Message(FuseOpcode.Release, a, new byte[24]), Message(FuseOpcode.OpenDir, 1, Words(0)),
                Message(FuseOpcode.Interrupt, 0, Words(1L << 40)), Message(FuseOpcode.Write, a, new byte[60]), Message(FuseOpcode.Ioctl, a, new byte[32]), Message(FuseOpcode.Rename2, 1, new byte[40])),
        ];

        async Task<ulong> NodeAsync(byte[] lookup) => BinaryPrimitives.ReadUInt64LittleEndian((await mount.SendAsync([.. lookup], isLengthRight: true)).AsSpan(AnswerHeaderLength));
    }

    private static byte[] Read(FuseOpcode opcode, ulong node, long offset, int size) => Message(opcode, node, [.. Words(0, offset, size), .. new byte[16]]);

    private static byte[] Forget(ulong node, long lookups) => Message(FuseOpcode.Forget, node, Words(lookups));

    private static byte[] Words(params long[] words) => [.. words.SelectMany(BitConverter.GetBytes)];

    private static byte[] Message(FuseOpcode opcode, ulong node, ReadOnlySpan<byte> body)
    {
        byte[] message = [.. new byte[HeaderLength], .. body];
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), (uint)opcode);
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(16), node);
        return message;
    }

    private static byte[] Input(params byte[][] messages) => [.. messages.SelectMany(message => (byte[])[.. BitConverter.GetBytes((ushort)message.Length), .. message])];
}
