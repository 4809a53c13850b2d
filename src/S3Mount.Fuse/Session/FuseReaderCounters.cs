using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>Requests by opcode of one reader thread: written by that thread alone, read by any.</summary>
internal sealed class FuseReaderCounters
{
    // 128 bytes on each side: two cache lines, because processors fetch lines in pairs.
    private const int Padding = 128 / sizeof(long);
    private const int Unknown = 0;
    private readonly long[] _counts = new long[Padding + 64 + Padding];
    private bool _busy;

    /// <summary>Whether the thread is between reading a request and having answered it or put it into the in-flight table.</summary>
    public bool IsBusy
    {
        get => Volatile.Read(ref _busy);
        set => Volatile.Write(ref _busy, value);
    }

    public long Total
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < FuseOperationTable.Length; i++)
                sum += Volatile.Read(ref _counts[Padding + i]);
            return sum;
        }
    }

    public void Increment(FuseOpcode opcode)
    {
        ref long count = ref _counts[IndexOf(opcode)];
        Volatile.Write(ref count, count + 1);
    }

    public long Get(FuseOpcode opcode) => Volatile.Read(ref _counts[IndexOf(opcode)]);

    private static int IndexOf(FuseOpcode opcode) =>
        Padding + ((uint)opcode < (uint)FuseOperationTable.Length ? (int)opcode : Unknown);
}
