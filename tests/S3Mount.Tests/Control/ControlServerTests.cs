using System.Globalization;
using System.Net.Sockets;
using S3Mount.Control.Http;

namespace S3Mount.Tests.Control;

/// <summary>The control socket and clients of every kind, on a clock that stands still.</summary>
[TestFixture]
[CancelAfter(30_000)]
public sealed class ControlServerTests
{
    private const string Get = "GET /v1/echo HTTP/1.1\r\nHost: x\r\n\r\n";

    [Test]
    public async Task A_request_gets_one_answer_and_the_connection_is_closed(CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("POST", "/v1/echo"));
        string answer = await rig.AskAsync("POST /v1/echo HTTP/1.1\r\nHost: x\r\ncontent-length:  5 \r\n\r\nhello", cancellationToken);
        Assert.That(answer, Is.EqualTo("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\nConnection: close\r\n\r\n\"hello\""));
    }

    [Test]
    public async Task What_scrapers_add_to_a_path_is_left_alone(CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("GET", "/v1/echo"));
        Assert.That(await rig.AskAsync("GET /v1/echo?module=a&x=1 HTTP/1.1\r\nHost: x\r\n\r\n", cancellationToken), Does.StartWith("HTTP/1.1 200 OK"));
    }

    [Test]
    public async Task A_request_may_come_in_pieces(CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("POST", "/v1/echo"));
        using Socket socket = await rig.SendAsync("", cancellationToken);
        foreach (char one in "POST /v1/echo HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
            await socket.SendAsync(new[] { (byte)one }, cancellationToken);
        Assert.That(await ControlRig.ReadAsync(socket, cancellationToken), Does.EndWith("\r\n\r\n\"abc\""));
    }

    [TestCase("nonsense\r\n\r\n", 400, "this is not a request of HTTP/1.1")]
    [TestCase("GET /v1/echo HTTP/2\r\n\r\n", 400, "this is not a request of HTTP/1.1")]
    [TestCase("GET http://x/v1/echo HTTP/1.1\r\n\r\n", 400, "this is not a request of HTTP/1.1")]
    [TestCase("GET /v1/echo HTTP/1.1\r\nno colon\r\n\r\n", 400, "a header of the request has no colon")]
    [TestCase("GET /v1/echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400, "Content-Length is not one number")]
    [TestCase("GET /v1/echo HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 400, "Content-Length is not one number")]
    [TestCase("GET /v1/echo HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "Content-Length is not one number")]
    [TestCase("GET /v1/echo HTTP/1.1\r\nContent-Length: 49153\r\n\r\n", 413, "the body of the request is longer than 49152 bytes")]
    [TestCase("POST /v1/echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411, "send the body with Content-Length, not in pieces")]
    [TestCase("GET /v1/nothing HTTP/1.1\r\n\r\n", 404, "has no GET /v1/nothing; it has GET /v1/echo")]
    [TestCase("GET /v1/nothing?x=1 HTTP/1.1\r\n\r\n", 404, "has no GET /v1/nothing?x=1; it has GET /v1/echo")]
    [TestCase("DELETE /v1/echo HTTP/1.1\r\n\r\n", 405, "has no DELETE /v1/echo; it has GET /v1/echo")]
    public async Task What_cannot_be_answered_gets_a_status_and_a_sentence(string request, int status, string message, CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("GET", "/v1/echo"));
        string answer = await rig.AskAsync(request, cancellationToken);
        Assert.That(answer, Does.StartWith(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} ")));
        Assert.That(answer, Does.Match("\r\n\r\n\\{\"message\":\"[^\"]*\"\\}$").And.Contain(message));
        Assert.That(await rig.AskAsync(Get, cancellationToken), Does.StartWith("HTTP/1.1 200 OK"), "the next client is served");
        Assert.That(rig.Failures.Find(), Is.Null);
    }

    [Test]
    public async Task A_head_without_an_end_is_bounded(CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("GET", "/v1/echo"));
        string answer = await rig.AskAsync("GET /v1/echo HTTP/1.1\r\nX: " + new string('x', ControlMessage.MaxHead), cancellationToken);
        Assert.That(answer, Does.StartWith("HTTP/1.1 431 "));
    }

    [TestCase("GET /v1/echo HTTP/1.1\r\nHos")]
    [TestCase("GET /v1/echo HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel")]
    public async Task A_client_that_ends_half_way_is_told(string half, CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("GET", "/v1/echo"));
        Assert.That(await rig.AskAsync(half, cancellationToken, end: true), Does.StartWith("HTTP/1.1 400 ").And.Contain("the request ends in the middle"));
    }

    [Test]
    public async Task A_client_that_leaves_without_a_word_gets_no_answer(CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("GET", "/v1/echo"));
        Assert.That(await rig.AskAsync("", cancellationToken, end: true), Is.Empty);
    }

    [TestCase("")]
    [TestCase("GET /v1/echo HT")]
    [TestCase("GET /v1/echo HTTP/1.1\r\nContent-Length: 5\r\n\r\nhel")]
    public async Task A_client_that_stops_half_way_is_waited_for_5_s(string half, CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("GET", "/v1/echo"));
        using Socket socket = await rig.SendAsync(half, cancellationToken);
        Task<string> answer = ControlRig.ReadAsync(socket, cancellationToken);
        await rig.Time.WaitForTimersAsync(1, cancellationToken);
        rig.Time.Advance(TimeSpan.FromSeconds(4.9));
        await Task.Yield();
        Assert.That(answer.IsCompleted, Is.False);
        rig.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(await answer, Does.StartWith("HTTP/1.1 408 ").And.Contain("the request did not come within 5 s"));
    }

    [Test]
    public async Task Silent_clients_keep_the_others_waiting_no_longer_than_their_deadline(CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(TestEndpoint.Echo("GET", "/v1/echo"));
        Socket[] silent = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => rig.SendAsync("", cancellationToken)));
        await rig.Time.WaitForTimersAsync(16, cancellationToken);
        Task<string> seventeenth = rig.AskAsync(Get, cancellationToken);
        await Task.Yield();
        Assert.That(seventeenth.IsCompleted, Is.False);
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(await seventeenth, Does.StartWith("HTTP/1.1 200 OK"));
        Array.ForEach(silent, socket => socket.Dispose());
    }

    [Test]
    public async Task An_answer_that_blocks_its_thread_holds_up_nobody_else(CancellationToken cancellationToken)
    {
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        await using var rig = new ControlRig(TestEndpoint.Echo("GET", "/v1/echo"), new TestEndpoint("GET", "/v1/stuck", (_, _) =>
        {
            begun.Set();
            go.Wait(cancellationToken);
            return Task.FromResult("1");
        }));
        // Many, so that of some the request is there before the server looks for it.
        Task<string>[] stuck = [.. Enumerable.Range(0, 8).Select(_ => rig.AskAsync("GET /v1/stuck HTTP/1.1\r\n\r\n", cancellationToken))];
        begun.Wait(cancellationToken);
        Assert.That(await rig.AskAsync(Get, cancellationToken), Does.StartWith("HTTP/1.1 200 OK"));
        Assert.That(stuck.Count(answer => answer.IsCompleted), Is.Zero);
        go.Set();
        Assert.That(await Task.WhenAll(stuck), Is.All.StartsWith("HTTP/1.1 200 OK"));
    }

    [Test]
    public async Task What_fails_unforeseen_is_500_and_stands_in_the_log(CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(new TestEndpoint("GET", "/v1/echo", (_, _) => throw new InvalidOperationException("a bug")));
        Assert.That(await rig.AskAsync(Get, cancellationToken), Does.StartWith("HTTP/1.1 500 ").And.Contain("it failed: a bug"));
        Assert.That(rig.Failures.Find()?.Message, Does.StartWith("a request on the control socket /").And.EndsWith(" failed: a bug"));
    }

    [Test]
    public async Task An_answer_that_takes_too_long_is_given_up(CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(new TestEndpoint("GET", "/v1/echo", NeverAsync));
        Task<string> answer = rig.AskAsync(Get, cancellationToken);
        await rig.Time.AdvanceUntilAsync(answer, cancellationToken);
        Assert.That(await answer, Does.StartWith("HTTP/1.1 504 ").And.Contain("it was not done within 60 s"));
    }

    [Test]
    public async Task A_client_that_goes_ends_what_it_asked_for(CancellationToken cancellationToken)
    {
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var rig = new ControlRig(new TestEndpoint("GET", "/v1/echo", async (_, token) =>
        {
            using CancellationTokenRegistration registration = token.Register(ended.SetResult);
            begun.SetResult();
            return await NeverAsync("", token);
        }));
        using (await rig.SendAsync(Get, cancellationToken))
            await begun.Task.WaitAsync(cancellationToken);
        await ended.Task.WaitAsync(cancellationToken);
    }

    [Test]
    public async Task The_end_of_the_mount_ends_what_is_asked_and_removes_the_socket(CancellationToken cancellationToken)
    {
        await using var rig = new ControlRig(new TestEndpoint("GET", "/v1/echo", NeverAsync));
        Task<string> answer = rig.AskAsync(Get, cancellationToken);
        await rig.Time.WaitForTimersAsync(2, cancellationToken);
        await rig.Server.DisposeAsync();
        Assert.That(await answer, Does.StartWith("HTTP/1.1 503 ").And.Contain("the mount is being taken down"));
        Assert.That(Directory.GetFileSystemEntries(rig.Places), Is.Empty);
    }

    private static async Task<string> NeverAsync(string body, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return "";
    }
}
