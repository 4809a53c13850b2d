using System.Globalization;
using System.Net;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// GetObject with Range and If-Match, straight into the caller's memory. A whole object is asked for with a range too: then the
/// answer's Content-Range says which bytes of how many it brings, and there is one way for all reads.
/// <para>
/// Every read of the body is awaited to its end before anything else happens, also when it has been cancelled: the framework
/// completes such a read only when the kernel will not touch the memory any more. So nothing is written after the call.
/// </para>
/// </summary>
internal sealed class RangedRead : S3Operation
{
    // A reader waits for the first byte of what is checked until the last one has come, so only small objects are: what is read
    // in one piece anyway.
    private const int MaxCheckedLength = 1024 * 1024;

    private readonly ObjectKey _key;
    private readonly ObjectVersion _version;
    private readonly long _offset;
    private readonly Memory<byte> _destination;
    private readonly IReadProgress? _progress;
    private readonly StoreCounters _counters;
    private readonly string? _ifMatch;
    private int _filled;
    private int _filledBefore;
    // Of the whole object, from the answer that began it; while there is one, nobody is told of the bytes.
    private ResponseChecksum? _checksum;

    public RangedRead(ObjectKey key, in ObjectVersion version, long offset, Memory<byte> destination, IReadProgress? progress, StoreCounters counters)
    {
        (_key, _version, _offset, _destination, _progress, _counters) = (key, version, offset, destination, progress, counters);
        string etag = version.ETag.ToString();
        // A tag that no header can carry (RFC 9110, 8.8.3) is still compared with the answer's.
        bool isSendable = etag.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 && !etag.Contains('"');
        _ifMatch = version.IsPinned && isSendable ? $"\"{etag}\"" : null;
    }

    public override S3OperationKind Kind => S3OperationKind.Get;

    public override ObjectKey Key => _key;

    public override ObjectKey PathKey => _key;

    public override bool IsWanted => _progress?.IsWanted ?? true;

    private long First => _offset + _filled;

    private long Last => _offset + _destination.Length - 1;

    // Old stores send the checksum of the whole object with any range of it (ceph pull request 61901).
    private bool CanBeChecked => First == 0 && Last == _version.Size - 1 && _destination.Length <= MaxCheckedLength;

    /// <summary>False: bytes that have been shown would have to be taken back.</summary>
    public override bool CanBeAskedAnew => _filled < _destination.Length;

    public override void AddHeaders(ref SignedHeaders headers)
    {
        headers.Add("range", string.Create(CultureInfo.InvariantCulture, $"bytes={First}-{Last}"));
        if (_ifMatch is not null)
            headers.Add("if-match", _ifMatch);
        else if (!_version.IsPinned)
            headers.Add("if-unmodified-since", S3Time.ToHttp(_version.LastModified));
        if (CanBeChecked)
            headers.Add("x-amz-checksum-mode", "ENABLED");
    }

    public override bool TakeProgress()
    {
        bool progressed = _filled > _filledBefore;
        _filledBefore = _filled;
        return progressed;
    }

    public override void Retry() => _progress?.Retried();

    public override async ValueTask<S3Error?> TakeAsync(HttpResponseMessage response, TryClock clock)
    {
        CheckVersion(response);
        CheckRange(response);
        if (_filled == 0)
            _checksum = CanBeChecked ? ResponseChecksum.Of(response.Headers, _version.ETag) : null;
        Stream body = await response.Content.ReadAsStreamAsync(clock.Token);
        while (_filled < _destination.Length)
        {
            int read = await body.ReadAsync(_destination[_filled..], clock.Token);
            if (read == 0)
                throw new IOException($"the body ended {_destination.Length - _filled} bytes early");
            clock.Progress(read);
            _counters.CountBytes(read);
            _filled += read;
            if (_checksum is null)
                _progress?.Advance(_filled);
        }
        CheckBytes();
        if (response.Content.Headers.ContentLength is null && await body.ReadAsync(new byte[1], clock.Token) != 0)
            throw UnusableAnswerException.Malformed("the body is longer than the range");
        return null;
    }

    private void CheckBytes()
    {
        if (_checksum is not { } checksum)
            return;
        if (!checksum.Matches(_destination.Span))
        {
            _filled = _filledBefore = 0;
            throw UnusableAnswerException.Malformed($"the bytes do not match the {checksum.Name} that came with them");
        }
        _counters.CountCompared();
        _progress?.Advance(_filled);
    }

    // Some stores ignore If-Match: the answer itself must say that it is of this version, before a byte is used.
    private void CheckVersion(HttpResponseMessage response)
    {
        if (_version.IsPinned)
        {
            ETag etag = ETag.Parse(HeaderOf(response.Headers, "ETag"));
            if (etag.IsAbsent)
                throw UnusableAnswerException.Malformed("the answer has no strong ETag, though the object had one");
            if (etag != _version.ETag)
                throw new UnusableAnswerException(ObjectStoreFailure.PreconditionFailed, "the answer has another ETag");
            return;
        }
        if (S3Time.ParseHttp(HeaderOf(response.Content.Headers, "Last-Modified")) is not { } lastModified)
            throw UnusableAnswerException.Malformed("the answer has neither an ETag nor a Last-Modified");
        if (lastModified.ToUnixTimeSeconds() != _version.LastModified)
            throw new UnusableAnswerException(ObjectStoreFailure.PreconditionFailed, "the answer has another Last-Modified");
    }

    private void CheckRange(HttpResponseMessage response)
    {
        long? length = response.Content.Headers.ContentLength;
        if (response.StatusCode == HttpStatusCode.OK)
        {
            // The whole object, in spite of the range: only if the whole object was what was wanted.
            if (length is null)
                throw UnusableAnswerException.Malformed("the whole object came instead of a range, without its length");
            if (length != _version.Size)
                throw new UnusableAnswerException(ObjectStoreFailure.PreconditionFailed, "the object has another size");
            if (First != 0 || Last != _version.Size - 1)
                throw UnusableAnswerException.Malformed("the store ignores ranges: the whole object came instead of one");
            return;
        }
        if (response.StatusCode != HttpStatusCode.PartialContent || ContentRange.Parse(HeaderOf(response.Content.Headers, "Content-Range")) is not { } range)
            throw UnusableAnswerException.Malformed("the answer to a ranged read is no range");
        if (range.Total >= 0 && range.Total != _version.Size)
            throw new UnusableAnswerException(ObjectStoreFailure.PreconditionFailed, "the object has another size");
        if (range.Total < 0 && !_version.IsPinned)
            throw UnusableAnswerException.Malformed("the answer has neither an ETag nor the object's size");
        if (range.First != First || range.Last != Last)
            throw UnusableAnswerException.Malformed($"another range came than was asked for: {range.First}-{range.Last} instead of {First}-{Last}");
        if (length is not null && length != Last - First + 1)
            throw UnusableAnswerException.Malformed("Content-Length and Content-Range contradict each other");
    }
}
