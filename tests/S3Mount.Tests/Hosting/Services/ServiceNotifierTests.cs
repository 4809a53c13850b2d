using System.Net.Sockets;
using System.Text;
using S3Mount.Hosting.Services;

namespace S3Mount.Tests.Hosting.Services;

[TestFixture]
public sealed class ServiceNotifierTests
{
    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("s3mount-notify-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    [CancelAfter(10_000)]
    public async Task Each_state_is_one_datagram(CancellationToken cancellationToken)
    {
        string path = Path.Combine(_directory, "notify");
        using Socket listener = Listen(path);
        var notifier = new ServiceNotifier(path);
        Assert.That(notifier.Status("mounting"), Is.True);
        Assert.That(notifier.Ready("s3://b/ is mounted at /mnt"), Is.True);
        Assert.That(notifier.Stopping("unmounting /mnt"), Is.True);
        Assert.That(await ReceiveAsync(listener, cancellationToken), Is.EqualTo("STATUS=mounting\n"));
        Assert.That(await ReceiveAsync(listener, cancellationToken), Is.EqualTo("READY=1\nSTATUS=s3://b/ is mounted at /mnt\n"));
        Assert.That(await ReceiveAsync(listener, cancellationToken), Is.EqualTo("STOPPING=1\nSTATUS=unmounting /mnt\n"));
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task An_abstract_name_is_written_with_an_at_sign(CancellationToken cancellationToken)
    {
        string name = $"s3mount-test-{Environment.ProcessId}-{Guid.NewGuid():N}";
        using Socket listener = Listen("\0" + name);
        Assert.That(new ServiceNotifier("@" + name).Ready("up"), Is.True);
        Assert.That(await ReceiveAsync(listener, cancellationToken), Is.EqualTo("READY=1\nSTATUS=up\n"));
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task What_is_waited_for_is_not_lost_in_a_full_queue(CancellationToken cancellationToken)
    {
        string path = Path.Combine(_directory, "notify");
        using Socket listener = Listen(path);
        var notifier = new ServiceNotifier(path);
        while (notifier.Watchdog())
        {
            // Until there is no more room: what can be left out never waits.
        }
        using var file = File.OpenHandle("/dev/null");
        Task<bool>[] sent = [Task.Run(() => notifier.Ready("up")), Task.Run(() => notifier.Store("a", (int)file.DangerousGetHandle())), Task.Run(() => notifier.Remove("b"))];
        // What gives up does so at once.
        Assert.That(async () => await Task.WhenAny(sent).WaitAsync(TimeSpan.FromMilliseconds(200), cancellationToken), Throws.TypeOf<TimeoutException>());
        var received = new HashSet<string>();
        while (received.Count < 4)
            received.Add(await ReceiveAsync(listener, cancellationToken));
        Assert.That(received, Is.EquivalentTo(new[] { "WATCHDOG=1\n", "READY=1\nSTATUS=up\n", "FDSTORE=1\nFDNAME=a\n", "FDSTOREREMOVE=1\nFDNAME=b\n" }));
        Assert.That(await Task.WhenAll(sent), Is.All.True);
    }

    [Test]
    [CancelAfter(10_000)]
    public async Task A_status_is_one_line_whatever_it_names(CancellationToken cancellationToken)
    {
        string path = Path.Combine(_directory, "notify");
        using Socket listener = Listen(path);
        Assert.That(new ServiceNotifier(path).Status("mounted at /mnt/a\nMAINPID=1\r\nb"), Is.True);
        Assert.That(await ReceiveAsync(listener, cancellationToken), Is.EqualTo("STATUS=mounted at /mnt/a MAINPID=1 b\n"));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("/nowhere/notify")]
    public void Without_a_listener_nothing_fails(string? path) => Assert.That(new ServiceNotifier(path).Ready("up"), Is.False);

    [Test]
    public void A_name_too_long_for_a_socket_does_not_fail() => Assert.That(new ServiceNotifier("/" + new string('x', 200)).Ready("up"), Is.False);

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static async Task<string> ReceiveAsync(Socket listener, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[4096];
        int length = await listener.ReceiveAsync(buffer, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
