using System.Collections.Concurrent;

namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>What another process has written too.</summary>
public sealed partial class DiskCache
{
    // Two that read the same at once are apart by less; of a file that was completed longer ago nobody will write the same.
    private const int MostLatest = 4;

    // Bytes of which another process has seven eighths: what is left is worth less than the rest.
    private const int DoubleShare = 8;

    // Written by this process, and perhaps by another one too.
    private readonly ConcurrentQueue<CacheSegment> _latest = new();

    // What others have completed since, and nothing else. Never throws.
    private int Compare(DiskCall call)
    {
        try
        {
            _options.BeforeDisk?.Invoke(DiskUse.Look);
            Dictionary<string, CacheSegment> known = NamedSegments();
            foreach (FileInfo file in OurFiles())
            {
                call.Since = _timeProvider.GetTimestamp();
                if (file.Extension == CacheFormat.SegmentSuffix && !known.ContainsKey(Path.GetFileNameWithoutExtension(file.Name)))
                    TryOpen(file);
            }
            DropDoubles(call);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next look says so, if it lasts.
            LogMessages.CacheNotCompared(_logger, _directory, e.Message);
        }
        return 0;
    }

    // Two processes that read the same at once both fetch and write it: neither sees what the other is writing. What both have
    // completed, the one gives up whose names come last; so never both do.
    private void DropDoubles(DiskCall call)
    {
        while (_latest.Count > MostLatest)
            _latest.TryDequeue(out _);
        for (int i = _latest.Count; i > 0 && _latest.TryDequeue(out CacheSegment? segment); i--)
        {
            call.Since = _timeProvider.GetTimestamp();
            if (segment.Number == 0)
                continue;
            long all = 0, doubles = 0;
            for (int entry = 0; entry < segment.Count; entry++)
            {
                all += segment[entry].Length;
                doubles += _index.IsDouble(segment, entry) ? segment[entry].Length : 0;
            }
            if (doubles * DoubleShare < all * (DoubleShare - 1))
                _latest.Enqueue(segment);
            else
                Delete(segment);
        }
    }
}
