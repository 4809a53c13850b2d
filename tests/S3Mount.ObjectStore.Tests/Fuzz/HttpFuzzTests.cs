using System.Text;
using System.Text.RegularExpressions;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;
using S3Mount.Testing.Fuzzing;

namespace S3Mount.ObjectStore.Tests.Fuzz;

/// <summary>
/// Answers as bytes, through the whole HTTP stack: a read ends with what was sent for it or with an ObjectStoreException, in bounded time, and
/// the store goes on. In an input the answers to one request after the other stand behind each other; good ones follow.
/// </summary>
[Category("Fuzz")]
internal sealed partial class HttpFuzzTests
{
    private const string Tag = "0123456789abcdef0123456789abcdef";
    private const int Offset = 100;
    private const int Length = 200;

    private static readonly TimeSpan _ioDeadline = TimeSpan.FromMinutes(5);
    // No letter of a head or of a frame is among them.
    private static readonly byte[] _content = [.. Enumerable.Range(0, 1000).Select(i => (byte)(0x80 | (i * 37 >> (i & 3))))];
    private static readonly ObjectVersion _version = new(ETag.Parse(Tag), 1000, 1787562000);
    private static readonly ObjectKey _key = new("p/key");
    private static readonly byte[] _separator = "\r\n=====\r\n"u8.ToArray();
    private static readonly Dictionary<string, byte[]> _bodies = new()
    {
        ["{BODY}"] = _content[Offset..(Offset + Length)],
        ["{HALF}"] = _content[Offset..(Offset + (Length / 2))],
        ["{CHUNKS}"] = [.. "32;x=y\r\n"u8, .. _content[Offset..(Offset + 50)], .. "\r\n96\r\n"u8, .. _content[(Offset + 50)..(Offset + Length)], .. "\r\n0\r\nTrailer: t\r\n\r\n"u8],
    };

    private static readonly byte[][] _words = FuzzRun.Words([
        "\r\n", "\r\n\r\n", "\n", ":", " ", "\0", "HTTP/1.1 ", "HTTP/1.0 ", "HTTP/2 ", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n", "200 OK", "206 X", "204 X",
        "304 X", "301 X", "416 X", "429 X", "500 X", "501 X", "999 X", "Content-Length: 200\r\n", "Content-Length: 0\r\n", "Content-Length: -1\r\n", "Content-Length: 1, 1\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Content-Encoding: gzip\r\n", "Connection: close\r\n", "Connection: keep-alive\r\n",
        "Content-Range: bytes 100-299/*\r\n", "Content-Range: bytes */1000\r\n", "Content-Range: bytes 0-999/1000\r\n", "bytes ", "ETag: W/\"x\"\r\n", "ETag: \"\"\r\n", "\"", Tag,
        "Date: Mon, 01 Jan 0001 00:00:00 GMT\r\n", "Date: Fri, 31 Dec 9999 23:59:59 GMT\r\n", "Retry-After: 2147483647\r\n", "Retry-After: -1\r\n", "x-amz-bucket-region: a.b/c\r\n",
        "x-amz-checksum-crc64nvme: AAAAAAAAAAA=\r\n", "x-amz-checksum-type: COMPOSITE\r\n", "x-amz-storage-class: GLACIER\r\n", "Set-Cookie: a=b\r\n", "Location: //x\r\n", "ffffffff\r\n",
        "7fffffffffffffff\r\n", "0\r\n\r\n", "\r\n=====\r\n", "<Error><Code>", "</Code></Error>", "RequestTimeTooSkewed", "ExpiredToken", "SlowDown", "InvalidObjectState", .. _bodies.Keys]);

    [Test]
    public void A_read_ends_with_the_bytes_that_were_sent_for_it_or_with_a_typed_failure()
    {
        FuzzResult result = new FuzzRun { Corpus = Corpus.OfFiles("HttpGet"), Executions = 3000, Tokens = _words }
            .Run(input => Execute(input, (store, sent) => ReadAsync(store, sent, input)));
        Assert.That(result.Count("read"), Is.GreaterThan(result.Executions / 50));
        Assert.That(result.Count("read after another try"), Is.GreaterThan(result.Executions / 20));
        Assert.That(result.Count("PreconditionFailed"), Is.GreaterThan(result.Executions / 100));
        Assert.That(result.Outcomes, Has.Count.GreaterThan(6));
    }

    [Test]
    public void A_listing_is_of_what_was_asked_for_or_fails_with_a_typed_failure()
    {
        FuzzResult result = new FuzzRun { Corpus = Corpus.OfFiles("HttpList"), Executions = 1500, Tokens = _words }.Run(input => Execute(
            input,
            async (store, sent) =>
            {
                ListPage page = await store.ListPageAsync(new ListPageRequest { Prefix = new ObjectKey("p/") }, CancellationToken.None);
                foreach (ListedObject listed in page.Objects.ToArray())
                    FuzzCheckException.Unless(page.KeyOf(listed).StartsWith("p/"u8) && listed.Version.Size >= 0, "an object that was not asked for");
                return sent.Count > 1 ? "listed after another try" : "listed";
            }));
        Assert.That(result.Count("listed"), Is.GreaterThan(result.Executions / 50));
        Assert.That(result.Outcomes, Has.Count.GreaterThan(3));
    }

    [Test]
    public void What_is_said_of_a_key_has_a_size_or_is_a_typed_failure()
    {
        FuzzResult result = new FuzzRun { Corpus = Corpus.OfFiles("HttpHead"), Executions = 1500, Tokens = _words }.Run(input => Execute(
            input,
            async (store, _) =>
            {
                ObjectInfo info = await store.HeadAsync(_key, CancellationToken.None);
                FuzzCheckException.Unless(info.Key == _key && info.Version.Size >= 0, "another object or no size");
                return "found";
            }));
        Assert.That(result.Count("found"), Is.GreaterThan(result.Executions / 20));
        Assert.That(result.Count("NotFound"), Is.GreaterThan(result.Executions / 20));
    }

    // The operation under test, then a read that must succeed whatever the store has been told before.
    private static string Execute(byte[] input, Func<S3ObjectStore, List<byte[]>, Task<string>> operation)
    {
        var time = new FakeTimeProvider();
        var sent = new List<byte[]>();
        byte[][] hostile = Split(input);
        using var handler = new WireHandler((head, index) => Answer(head, index - 1, hostile, sent), mostAtOnce: input.Length % 3 == 0 ? 7 : int.MaxValue);
        string outcome = "";
        FakeWorld.Run(time, RunAsync, () => handler.IsBusy);
        return outcome;

        async Task RunAsync()
        {
            // Credentials are looked for outside of this world.
            S3StoreOptions options = Stores.Options("http://127.0.0.1:9") with { IoDeadline = _ioDeadline, NoSignRequest = true };
            await using S3ObjectStore store = await S3ObjectStore.OpenWithAsync(
                options, Stores.Services with { TimeProvider = time, HttpHandler = handler, Random = new Random(1) }, CancellationToken.None);
            DateTimeOffset start = time.GetUtcNow();
            try
            {
                outcome = await operation(store, sent);
            }
            catch (ObjectStoreException exception)
            {
                outcome = exception.Failure.ToString();
                FuzzCheckException.Unless(!exception.Message.Any(char.IsControl), "a message of more than one line");
            }
            FuzzCheckException.Unless(time.GetUtcNow() - start <= _ioDeadline, "it took longer than its deadline");
            hostile = [];
            await Task.Delay(TimeSpan.FromMinutes(1), time, CancellationToken.None);
            byte[] later = new byte[Length];
            await store.ReadRangeAsync(_key, _version, Offset, later, null, CancellationToken.None);
            FuzzCheckException.Unless(later.AsSpan().SequenceEqual(_bodies["{BODY}"]), "a later read has other bytes");
        }
    }

    private static async Task<string> ReadAsync(S3ObjectStore store, List<byte[]> sent, byte[] input)
    {
        byte[] destination = new byte[Length];
        var shown = new ShownBytes(destination);
        try
        {
            await store.ReadRangeAsync(_key, _version, Offset, destination, shown, CancellationToken.None);
        }
        finally
        {
            FuzzCheckException.Unless(shown.AreStillThere, "bytes that had been shown were taken back");
        }
        FuzzCheckException.Unless(IsSubsequence(destination, sent), "bytes that were not sent");
        if (HasOnlyGoodBodies(input))
            FuzzCheckException.Unless(destination.AsSpan().SequenceEqual(_bodies["{BODY}"]), "other bytes than the object's");
        return sent.Count > 1 ? "read after another try" : "read";
    }

    private static byte[] Answer(string head, int index, byte[][] hostile, List<byte[]> sent)
    {
        // The page of the opening.
        if (index < 0)
            return ScriptedAnswer.EmptyPage.Bytes;
        byte[] answer = index < hostile.Length ? hostile[index] : Good(head);
        sent.Add(answer);
        return answer;
    }

    private static byte[] Good(string head) => head switch
    {
        _ when head.StartsWith("HEAD", StringComparison.Ordinal) => Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nETag: \"{Tag}\"\r\nContent-Length: 1000\r\n\r\n"),
        _ when head.Contains("list-type=2", StringComparison.Ordinal) => ScriptedAnswer.EmptyPage.Bytes,
        _ => ScriptedAnswer.Range(head, _content, Tag).Bytes,
    };

    // Each answer that could bring content is of the range that was asked for, and behind its only empty line there is one of the bodies alone.
    private static bool HasOnlyGoodBodies(byte[] input)
    {
        string text = Encoding.Latin1.GetString(input);
        return text.All(char.IsAscii) && text.Split("\r\n=====\r\n").All(HasGoodBody);
    }

    private static bool HasGoodBody(string answer)
    {
        string lines = answer.Replace("\r\n", "\n", StringComparison.Ordinal);
        string? place = _bodies.Keys.SingleOrDefault(known => answer.EndsWith($"\r\n\r\n{known}", StringComparison.Ordinal));
        if (place is null)
            return !_bodies.Keys.Any(answer.Contains) && !SuccessLine().IsMatch(answer);
        return !lines.Contains('\r') && lines.Split("\n\n").Length == 2 && !lines.Contains("\n\n\n", StringComparison.Ordinal) && answer.Split('{').Length == 2 && answer.Contains("Content-Range: bytes 100-299/", StringComparison.Ordinal)
            && (place != "{CHUNKS}" || answer.Contains("\r\nTransfer-Encoding: chunked\r\n", StringComparison.Ordinal));
    }

    [GeneratedRegex("HTTP/1\\.. 2")]
    private static partial Regex SuccessLine();

    private static byte[][] Split(byte[] input)
    {
        var answers = new List<byte[]>();
        for (ReadOnlySpan<byte> left = input; ;)
        {
            int end = left.IndexOf(_separator);
            answers.Add(WithBodies(end < 0 ? left : left[..end]));
            if (end < 0)
                return [.. answers];
            left = left[(end + _separator.Length)..];
        }
    }

    private static byte[] WithBodies(ReadOnlySpan<byte> answer)
    {
        string text = Encoding.Latin1.GetString(answer);
        foreach ((string place, byte[] body) in _bodies)
            text = text.Replace(place, Encoding.Latin1.GetString(body), StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(text);
    }

    private static bool IsSubsequence(byte[] bytes, List<byte[]> sent)
    {
        int found = 0;
        foreach (byte value in sent.SelectMany(answer => answer))
        {
            if (found < bytes.Length && bytes[found] == value)
                found++;
        }
        return found == bytes.Length;
    }
}
