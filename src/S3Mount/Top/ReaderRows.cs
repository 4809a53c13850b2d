using S3Mount.Control.Client;
using S3Mount.Telemetry;

namespace S3Mount.Top;

/// <summary>From the threads of a status to processes.</summary>
internal static class ReaderRows
{
    /// <summary>Those that have asked for something since the first of three looks, or wait; who reads most now comes first.</summary>
    /// <param name="before">The look before the last.</param>
    /// <param name="seconds">Between these two.</param>
    public static IReadOnlyList<ReaderRow> Of(TopSample first, TopSample before, TopSample last, double seconds)
    {
        Dictionary<uint, ReaderFigures> atFirst = ByPid(first), atBefore = ByPid(before);
        return
        [
            .. (last.Status.Readers ?? [])
                .Where(reader => reader.Waiting > 0 || (ReferenceEquals(first, last) ? reader.Idle < TopHistory.Window.TotalSeconds : reader.Requests != Earlier(atFirst, reader).Requests))
                .GroupBy(reader => last.Processes.GetValueOrDefault(reader.Pid) ?? new ReaderProcess(reader.Pid, "", null))
                .Select(threads => new ReaderRow(
                    threads.Key,
                    threads.Count(),
                    Rate(threads, reader => reader.ReadBytes),
                    Rate(threads, reader => reader.Files),
                    Rate(threads, reader => reader.Requests),
                    threads.Sum(reader => reader.Waiting),
                    threads.Sum(reader => reader.ReadBytes)))
                .OrderByDescending(row => row.ReadBytes).ThenByDescending(row => row.Requests).ThenByDescending(row => row.Waiting).ThenByDescending(row => row.Total).ThenBy(row => row.Process.Pid),
        ];

        double Rate(IEnumerable<ReaderFigures> threads, Func<ReaderFigures, long> count) =>
            seconds <= 0 ? 0 : threads.Sum(reader => count(reader) - count(Earlier(atBefore, reader))) / seconds;
    }

    private static Dictionary<uint, ReaderFigures> ByPid(TopSample sample) => (sample.Status.Readers ?? []).ToDictionary(reader => reader.Pid);

    // Who was forgotten and came back, or is new, has begun at zero.
    private static ReaderFigures Earlier(Dictionary<uint, ReaderFigures> readers, ReaderFigures reader) =>
        readers.TryGetValue(reader.Pid, out ReaderFigures? earlier) && earlier.Requests <= reader.Requests && earlier.ReadBytes <= reader.ReadBytes
            ? earlier : new ReaderFigures(reader.Pid, 0, 0, 0, 0, 0);
}
