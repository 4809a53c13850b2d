using System.Globalization;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Session;

/// <summary>Counters of a session; read at any time from any thread.</summary>
public sealed class FuseStatistics
{
    // One row a reader: only its thread writes, so that counting costs no shared cache line.
    private readonly FuseReaderCounters[] _readers;
    private readonly InFlightTable _inFlight;
    private readonly RequestWatch _watch;

    internal FuseStatistics(FuseReaderCounters[] readers, InFlightTable inFlight, RequestWatch watch) => (_readers, _inFlight, _watch) = (readers, inFlight, watch);

    /// <summary>Requests that were answered with EIO because they had waited for the deadline.</summary>
    public long Late => _watch.Late;

    /// <summary>Requests that did not end when they were told to, and reader threads that did not go on. There must be none.</summary>
    public long Overdue => _watch.Overdue;

    /// <summary>Reader threads that are stuck now: with all of them the mount answers nobody. There must be none.</summary>
    public int StuckReaders => _watch.StuckReaders;

    /// <summary>Requests read from the device, FORGETs included.</summary>
    public long Requests
    {
        get
        {
            long sum = 0;
            foreach (FuseReaderCounters reader in _readers)
                sum += reader.Total;
            return sum;
        }
    }

    /// <summary>Requests read and not yet answered.</summary>
    public int InFlight
    {
        get
        {
            int count = _inFlight.Count;
            foreach (FuseReaderCounters reader in _readers)
                count += reader.IsBusy ? 1 : 0;
            return count;
        }
    }

    /// <summary>What waits now. Costs a look at each request in flight.</summary>
    public FuseWaiting Waiting => _watch.Waiting();

    /// <summary>The kernel's spelling of an operation.</summary>
    public static string NameOf(FuseOpcode opcode) => FuseOperationTable.NameOf(opcode);

    /// <summary>Requests with this opcode.</summary>
    public long Count(FuseOpcode opcode)
    {
        long sum = 0;
        foreach (FuseReaderCounters reader in _readers)
            sum += reader.Get(opcode);
        return sum;
    }

    /// <summary>What has come, by the names of the operations, in the order of their opcodes; nothing of which nothing came.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> ByOperation()
    {
        var counts = new List<KeyValuePair<string, long>>();
        for (uint opcode = 0; opcode < FuseOperationTable.Length; opcode++)
        {
            long count = Count((FuseOpcode)opcode);
            if (count > 0)
                counts.Add(new(FuseOperationTable.NameOf((FuseOpcode)opcode), count));
        }
        return counts;
    }

    /// <summary>The same for a log: <c>GETATTR 3, LOOKUP 12</c>.</summary>
    public override string ToString() =>
        string.Join(", ", ByOperation().Select(operation => string.Create(CultureInfo.InvariantCulture, $"{operation.Key} {operation.Value}")));
}
