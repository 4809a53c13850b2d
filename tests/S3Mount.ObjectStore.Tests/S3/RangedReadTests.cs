using System.Globalization;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>Ranged reads over a real socket, against answers of every kind.</summary>
internal sealed class RangedReadTests
{
    private const string Tag = "0123456789abcdef0123456789abcdef";
    private const string OtherTag = "ffffffffffffffffffffffffffffffff";

    private static readonly byte[] _content = WireTests.Ramp(100_000);
    private static readonly ObjectVersion _version = new(ETag.Parse(Tag), 100_000, 1255369830);
    private static readonly ObjectKey _key = new("dir/k");

    [Test, CancelAfter(10_000)]
    public async Task A_read_of_nothing_asks_nothing(CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server();
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        await store.ReadRangeAsync(_key, _version with { Size = 0 }, 0, Memory<byte>.Empty, null, cancellationToken);
        Assert.That(server.Heads, Has.Count.EqualTo(1));
    }

    [TestCase(0, 100_001)]
    [TestCase(1, 100_000)]
    [TestCase(100_001, 0)]
    [TestCase(-1, 1)]
    [CancelAfter(10_000)]
    public async Task A_range_outside_the_version_is_refused(int offset, int length, CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server();
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        Assert.That(
            async () => await store.ReadRangeAsync(_key, _version, offset, new byte[length], null, cancellationToken),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test, CancelAfter(10_000)]
    public async Task Bytes_arrive_in_native_memory_and_progress_grows_to_the_end(CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server((head, _) => ScriptedAnswer.Range(head, _content, Tag));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        using var block = new NativeBlock(90_000);
        IReadProgress progress = new ProgressLog();
        await store.ReadRangeAsync(_key, _version, 7, ((System.Buffers.IMemoryOwner<byte>)block).Memory, progress, cancellationToken);
        Assert.That(block.GetSpan().SequenceEqual(_content.AsSpan(7, 90_000)), Is.True);
        Assert.That(((ProgressLog)progress).Steps, Is.Ordered.Ascending);
        Assert.That(((ProgressLog)progress).Steps[^1], Is.EqualTo(90_000));
        Assert.That(store.Statistics, Is.EqualTo(new ObjectStoreStatistics(Gets: 1, Heads: 0, Lists: 1, Retries: 0, BytesRead: 90_000)));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_broken_body_is_resumed_at_the_byte_where_it_stopped([Values] bool reset, CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server((head, index) => index switch
        {
            0 => ScriptedAnswer.Range(head, _content, Tag).CutAfterBody(1000) with { ResetAfter = false },
            1 => ScriptedAnswer.Range(head, _content, Tag).CutAfterBody(500) with { ResetAfter = reset },
            _ => ScriptedAnswer.Range(head, _content, Tag),
        });
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[5000];
        var progress = new ProgressLog();
        await store.ReadRangeAsync(_key, _version, 10, destination, progress, cancellationToken);

        Assert.That(destination, Is.EqualTo(_content[10..5010]));
        Assert.That(progress.Steps, Is.Ordered.Ascending);
        Assert.That(ScriptedAnswer.RequestedRange(server.Heads[1]), Is.EqualTo((10, 5009)));
        Assert.That(ScriptedAnswer.RequestedRange(server.Heads[2]), Is.EqualTo((1010, 5009)));
        // A reset may throw away what was on its way.
        Assert.That(ScriptedAnswer.RequestedRange(server.Heads[3]).First, reset ? Is.InRange(1010, 1510) : Is.EqualTo(1510));
        Assert.That(server.Heads.Skip(1), Has.All.Contains($"if-match: \"{Tag}\"").IgnoreCase);
        Assert.That(store.Statistics.Retries, Is.EqualTo(2));
        Assert.That(progress.Retries, Is.EqualTo(2));
        Assert.That(store.Statistics.BytesRead, Is.EqualTo(5000));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_body_resumed_after_the_object_changed_fails_and_is_not_mixed(CancellationToken cancellationToken)
    {
        byte[] other = [.. _content.Select(value => (byte)~value)];
        await using ScriptedServer server = Stores.Server((head, index) => index == 0
            ? ScriptedAnswer.Range(head, _content, Tag).CutAfterBody(1000)
            : ScriptedAnswer.Range(head, other, OtherTag));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[5000];
        ObjectStoreException failure = await FailureOf(store, destination, cancellationToken);
        Assert.That(failure.Failure, Is.EqualTo(ObjectStoreFailure.PreconditionFailed));
        Assert.That(destination.AsSpan(1000).ContainsAnyExcept((byte)0), Is.False);
    }

    [Test, CancelAfter(10_000)]
    public async Task The_whole_object_in_place_of_a_range_counts_if_it_was_wanted_whole(CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server(ScriptedAnswer.Of("200 OK", $"ETag: \"{Tag}\"", _content));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[100_000];
        await store.ReadRangeAsync(_key, _version, 0, destination, null, cancellationToken);
        Assert.That(destination, Is.EqualTo(_content));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_body_without_a_length_is_read_to_the_end_of_the_range(CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server(ScriptedAnswer.Raw(
            $"HTTP/1.1 206 Partial Content\r\nETag: \"{Tag}\"\r\nContent-Range: bytes 0-9/100000\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n4\r\nghij\r\n0\r\n\r\n"));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[10];
        await store.ReadRangeAsync(_key, _version, 0, destination, null, cancellationToken);
        Assert.That(destination, Is.EqualTo("abcdefghij"u8.ToArray()));
    }

    // Each answer to a read of bytes 0 to 9, and what it is.
    private static IEnumerable<TestCaseData> UnusableAnswers()
    {
        yield return Case("another version, If-Match ignored", Partial($"ETag: \"{OtherTag}\"\nContent-Range: bytes 0-9/100000"), ObjectStoreFailure.PreconditionFailed);
        yield return Case("another total", Partial($"ETag: \"{Tag}\"\nContent-Range: bytes 0-9/99999"), ObjectStoreFailure.PreconditionFailed);
        yield return Case("412", ScriptedAnswer.Error("412 Precondition Failed", "PreconditionFailed"), ObjectStoreFailure.PreconditionFailed);
        yield return Case("no ETag", Partial("Content-Range: bytes 0-9/100000"), ObjectStoreFailure.Malformed);
        yield return Case("weak ETag", Partial($"ETag: W/\"{Tag}\"\nContent-Range: bytes 0-9/100000"), ObjectStoreFailure.Malformed);
        yield return Case("another range", Partial($"ETag: \"{Tag}\"\nContent-Range: bytes 1-10/100000"), ObjectStoreFailure.Malformed);
        yield return Case("a range of another length", Partial($"ETag: \"{Tag}\"\nContent-Range: bytes 0-8/100000"), ObjectStoreFailure.Malformed);
        yield return Case("no Content-Range", Partial($"ETag: \"{Tag}\""), ObjectStoreFailure.Malformed);
        yield return Case("a Content-Range of words", Partial($"ETag: \"{Tag}\"\nContent-Range: bytes all/100000"), ObjectStoreFailure.Malformed);
        yield return Case("a length that contradicts the range", ScriptedAnswer.Of("206 Partial Content", $"ETag: \"{Tag}\"\nContent-Range: bytes 0-9/100000", "abc"), ObjectStoreFailure.Malformed);
        yield return Case("a 200 with the whole object", ScriptedAnswer.Of("200 OK", $"ETag: \"{Tag}\"", _content), ObjectStoreFailure.Malformed);
        yield return Case("a 200 with another length", ScriptedAnswer.Of("200 OK", $"ETag: \"{Tag}\"", "abcdefghij"), ObjectStoreFailure.PreconditionFailed);
        yield return Case("a 200 without a length", ScriptedAnswer.Raw($"HTTP/1.1 200 OK\r\nETag: \"{Tag}\"\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), ObjectStoreFailure.Malformed);
        yield return Case("a 204", ScriptedAnswer.Raw($"HTTP/1.1 204 No Content\r\nETag: \"{Tag}\"\r\n\r\n"), ObjectStoreFailure.Malformed);
        yield return Case("more chunks than the range", ScriptedAnswer.Raw($"HTTP/1.1 206 Partial Content\r\nETag: \"{Tag}\"\r\nContent-Range: bytes 0-9/100000\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nabcdefghijk\r\n0\r\n\r\n"), ObjectStoreFailure.Malformed);
        yield return Case("416", ScriptedAnswer.Error("416 Requested Range Not Satisfiable", "InvalidRange"), ObjectStoreFailure.Malformed);
        yield return Case("404", ScriptedAnswer.Error("404 Not Found", "NoSuchKey"), ObjectStoreFailure.NotFound);
        yield return Case("404 of the bucket", ScriptedAnswer.Error("404 Not Found", "NoSuchBucket"), ObjectStoreFailure.NoSuchBucket);
        yield return Case("archived", ScriptedAnswer.Error("403 Forbidden", "InvalidObjectState"), ObjectStoreFailure.Archived);
        yield return Case("denied", ScriptedAnswer.Error("403 Forbidden", "AccessDenied"), ObjectStoreFailure.AccessDenied);
        yield return Case("a 403 of a proxy", ScriptedAnswer.Of("403 Forbidden", "Content-Type: text/html", "<html>go away<br></html>"), ObjectStoreFailure.AccessDenied);
        yield return Case("a bad request", ScriptedAnswer.Error("400 Bad Request", "InvalidArgument"), ObjectStoreFailure.Rejected);
        yield return Case("not implemented", ScriptedAnswer.Error("501 Not Implemented", "NotImplemented"), ObjectStoreFailure.Rejected);

        static ScriptedAnswer Partial(string headers) => ScriptedAnswer.Of("206 Partial Content", headers, "abcdefghij");

        static TestCaseData Case(string name, ScriptedAnswer answer, ObjectStoreFailure failure) => new(answer, failure) { TestName = $"An_answer_that_is_{name.Replace(' ', '_')}_is_{failure}" };
    }

    [TestCaseSource(nameof(UnusableAnswers)), CancelAfter(10_000)]
    public async Task An_answer_is_judged_before_a_byte_is_used(object answer, object failure, CancellationToken cancellationToken)
    {
        await using ScriptedServer server = Stores.Server((ScriptedAnswer)answer);
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[10];
        ObjectStoreException thrown = await FailureOf(store, destination, cancellationToken, offset: 0);
        Assert.That(thrown.Failure, Is.EqualTo(failure));
        Assert.That(thrown.Key, Is.EqualTo(_key));
        Assert.That(thrown.Message, Does.Contain("s3://bucket").Or.Contain("'bucket'"));
        Assert.That(thrown.Message, Does.Not.Contain("\n"));
        bool isTooLong = ((ScriptedAnswer)answer).Bytes.AsSpan().IndexOf("abcdefghijk"u8) >= 0;
        Assert.That(destination, isTooLong ? Is.Not.Null : Is.All.Zero);
    }

    [Test, CancelAfter(10_000)]
    public async Task Without_a_strong_tag_time_and_size_pin_the_version(CancellationToken cancellationToken)
    {
        ObjectVersion unpinned = _version with { ETag = default };
        await using ScriptedServer server = Stores.Server(
            ScriptedAnswer.Of("206 Partial Content", "Last-Modified: Mon, 12 Oct 2009 17:50:30 GMT\nContent-Range: bytes 0-9/100000", "abcdefghij"),
            ScriptedAnswer.Of("206 Partial Content", "Last-Modified: Mon, 12 Oct 2009 17:50:31 GMT\nContent-Range: bytes 0-9/100000", "abcdefghij"),
            ScriptedAnswer.Of("206 Partial Content", "Last-Modified: Mon, 12 Oct 2009 17:50:30 GMT\nContent-Range: bytes 0-9/100001", "abcdefghij"),
            ScriptedAnswer.Of("206 Partial Content", "Last-Modified: Mon, 12 Oct 2009 17:50:30 GMT\nContent-Range: bytes 0-9/*", "abcdefghij"),
            ScriptedAnswer.Of("206 Partial Content", "Content-Range: bytes 0-9/100000", "abcdefghij"));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        byte[] destination = new byte[10];
        await store.ReadRangeAsync(_key, unpinned, 0, destination, null, cancellationToken);
        Assert.That(destination, Is.EqualTo("abcdefghij"u8.ToArray()));
        Assert.That(server.Heads[1], Does.Contain("if-unmodified-since: Mon, 12 Oct 2009 17:50:30 GMT").IgnoreCase);
        Assert.That(server.Heads[1], Does.Not.Contain("if-match").IgnoreCase);
        ObjectStoreFailure[] expected = [ObjectStoreFailure.PreconditionFailed, ObjectStoreFailure.PreconditionFailed, ObjectStoreFailure.Malformed, ObjectStoreFailure.Malformed];
        foreach (ObjectStoreFailure failure in expected)
            Assert.That((await FailureOf(store, destination, cancellationToken, 0, unpinned)).Failure, Is.EqualTo(failure));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_tag_that_no_header_can_carry_is_compared_only(CancellationToken cancellationToken)
    {
        ObjectVersion odd = _version with { ETag = ETag.Parse("a b\r\nX-Evil: 1") };
        await using ScriptedServer server = Stores.Server((head, _) => ScriptedAnswer.Range(head, _content, Tag));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        Assert.That((await FailureOf(store, new byte[10], cancellationToken, 0, odd)).Failure, Is.EqualTo(ObjectStoreFailure.PreconditionFailed));
        Assert.That(server.Heads[1], Does.Not.Contain("if-match").IgnoreCase.And.Not.Contain("X-Evil"));
    }

    [Test, CancelAfter(20_000)]
    public async Task After_a_cancelled_read_nothing_is_written_any_more(CancellationToken cancellationToken)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer server = Stores.Server((head, _) => head.Contains("list-type", StringComparison.Ordinal)
            ? ScriptedAnswer.EmptyPage
            : ScriptedAnswer.Range(head, _content, Tag).StallAfterBody(1000, gate.Task));
        await using S3ObjectStore store = await Stores.OpenAsync(server, cancellationToken);
        for (int round = 0; round < 20; round++)
        {
            gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            byte[] destination = new byte[100_000];
            var progress = new ProgressLog();
            using var caller = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task read = store.ReadRangeAsync(_key, _version, 0, destination, progress, caller.Token).AsTask();
            await progress.WaitForAsync(1000, cancellationToken);
            // The rest comes at the very moment at which the caller gives up.
            Task cancelled = caller.CancelAsync();
            gate.SetResult();
            await cancelled;
            OperationCanceledException? thrown = null;
            try
            {
                await read;
            }
            catch (OperationCanceledException exception)
            {
                thrown = exception;
            }
            byte[] after = [.. destination];
            destination.AsSpan().Fill(0xEE);
            // A round trip later whatever was on its way has arrived.
            await store.ListPageAsync(new ListPageRequest { Prefix = default }, cancellationToken);
            Assert.That(destination, Is.All.EqualTo((byte)0xEE));
            int filled = progress.Steps[^1];
            Assert.That(after.AsSpan(0, filled).SequenceEqual(_content.AsSpan(0, filled)), Is.True);
            Assert.That(thrown is not null || filled == 100_000, Is.True);
            if (thrown is not null)
                Assert.That(thrown.CancellationToken, Is.EqualTo(caller.Token));
        }
    }

    [Test, CancelAfter(10_000)]
    public async Task Reads_beyond_the_connections_wait_and_can_be_cancelled(CancellationToken cancellationToken)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer server = Stores.Server((head, _) => ScriptedAnswer.Range(head, _content, Tag).StallAfterBody(1, gate.Task));
        await using S3ObjectStore store = await S3ObjectStore.OpenWithAsync(Stores.Options(server.Url) with { MaxConnections = 2 }, Stores.Services, cancellationToken);
        ProgressLog[] progress = [new(), new()];
        byte[][] blocks = [.. Enumerable.Range(0, 3).Select(_ => new byte[10])];
        Task[] running = [.. progress.Select((log, i) => store.ReadRangeAsync(_key, _version, 0, blocks[i], log, cancellationToken).AsTask())];
        await Task.WhenAll(progress.Select(log => log.WaitForAsync(1, cancellationToken)));

        using var impatient = new CancellationTokenSource();
        Task third = store.ReadRangeAsync(_key, _version, 0, blocks[2], null, impatient.Token).AsTask();
        await impatient.CancelAsync();
        Assert.That(async () => await third, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(store.Statistics.Gets, Is.EqualTo(2));
        gate.SetResult();
        await Task.WhenAll(running);
        await store.ReadRangeAsync(_key, _version, 0, blocks[2], null, cancellationToken);
        Assert.That(blocks, Is.All.EqualTo(_content[..10]));
    }

    private static async Task<ObjectStoreException> FailureOf(S3ObjectStore store, byte[] destination, CancellationToken cancellationToken, int offset = 10, ObjectVersion? version = null)
    {
        try
        {
            await store.ReadRangeAsync(_key, version ?? _version, offset, destination, null, cancellationToken);
        }
        catch (ObjectStoreException exception)
        {
            return exception;
        }
        throw new AssertionException(string.Create(CultureInfo.InvariantCulture, $"the read of {destination.Length} bytes succeeded"));
    }
}
