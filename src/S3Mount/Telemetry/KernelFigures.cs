using Mono.Unix.Native;
using S3Mount.Fuse.Protocol;
using S3Mount.Fuse.Session;

namespace S3Mount.Telemetry;

/// <summary>How long the kernel's requests took, how they failed, and who sent them. Any thread.</summary>
internal sealed class KernelFigures(TimeProvider timeProvider) : IFuseObserver
{
    /// <summary>Opcodes of protocol 7.45 end at 53; any other is counted with the last.</summary>
    private const int Opcodes = 64;

    /// <summary>Always shown, that charts have something to show from the first moment on.</summary>
    private static readonly FuseOpcode[] _usual = [FuseOpcode.Lookup, FuseOpcode.GetAttr, FuseOpcode.Read, FuseOpcode.ReadDir, FuseOpcode.ReadDirPlus];

    private readonly LatencyHistogram?[] _latencies = new LatencyHistogram?[Opcodes];
    private readonly FailureTally _errors = new();
    private FailureMoment? _last;

    /// <summary>By the kernel's names, in the order of the opcodes.</summary>
    public IReadOnlyList<KeyValuePair<string, LatencySnapshot>> Latencies
    {
        get
        {
            var latencies = new List<KeyValuePair<string, LatencySnapshot>>();
            for (int i = 0; i < Opcodes; i++)
            {
                if (Volatile.Read(ref _latencies[i]) is { } histogram)
                    latencies.Add(new(NameOf((FuseOpcode)i), histogram.Read()));
                else if (_usual.Contains((FuseOpcode)i))
                    latencies.Add(new(NameOf((FuseOpcode)i), new LatencySnapshot(new long[LatencyHistogram.Buckets + 1], TimeSpan.Zero)));
            }
            return latencies;
        }
    }

    /// <summary>Everyday ones too.</summary>
    public IReadOnlyList<FailureCount> Errors => _errors.Counts;

    /// <summary>The last that was not everyday; null: none so far.</summary>
    public FailureMoment? LastError => Volatile.Read(ref _last);

    /// <summary>What every program meets: names that are not there, attributes and calls that are not known, a signal, a write to what is read-only.</summary>
    public static bool IsEveryday(string error) => error is "ENOENT" or "ENOSYS" or "ENODATA" or "ENOTTY" or "ERANGE" or "EINTR" or "EROFS" or "ENOTDIR" or "EISDIR" or "EINVAL";

    /// <summary>Who asked.</summary>
    public ReaderTally Readers { get; } = new(timeProvider);

    public void Answered(in FuseAnswer answer)
    {
        int index = Math.Min((int)answer.Opcode, Opcodes - 1);
        (Volatile.Read(ref _latencies[index]) ?? Make(index)).Record(answer.Elapsed);
        if (answer.Error != 0)
            Count(answer.Opcode, answer.Error);
        Readers.Count(answer);
    }

    private void Count(FuseOpcode opcode, Errno error)
    {
        (string operation, string name) = (NameOf(opcode), error.ToString());
        _errors.Count(operation, name);
        if (!IsEveryday(name))
            Volatile.Write(ref _last, new FailureMoment(timeProvider.GetUtcNow(), operation, name, null));
    }

    private LatencyHistogram Make(int index)
    {
        var made = new LatencyHistogram();
        return Interlocked.CompareExchange(ref _latencies[index], made, null) ?? made;
    }

    private static string NameOf(FuseOpcode opcode) => FuseStatistics.NameOf(opcode);
}
