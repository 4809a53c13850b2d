using System.Globalization;
using System.Net.Sockets;
using System.Text;
using S3Mount.Hosting.Services;
using S3Mount.Testing;

namespace S3Mount.Tests.Hosting.Services;

[TestFixture]
public sealed class ServicePulseTests
{
    private static readonly string _own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private readonly FakeTimeProvider _time = new();
    private readonly string _name = $"s3mount-pulse-{Guid.NewGuid():N}";
    private Socket _listener = null!;

    [SetUp]
    public void Listen()
    {
        _listener = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        _listener.Bind(new UnixDomainSocketEndPoint("\0" + _name));
    }

    [TearDown]
    public void Close() => _listener.Dispose();

    [Test]
    public void A_sign_of_life_comes_at_half_of_the_interval_as_long_as_it_lives()
    {
        bool isAlive = true;
        using var pulse = new ServicePulse(new ServiceNotifier("@" + _name), TimeSpan.FromSeconds(6), () => isAlive, () => "fine", _time);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.That(Received(), Is.Empty);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(Received(), Is.EqualTo(new[] { "WATCHDOG=1\n", "STATUS=fine\n" }));
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.That(Received(), Is.EqualTo(new[] { "WATCHDOG=1\n", "WATCHDOG=1\n" }), "a line that stays the same is told once");
        isAlive = false;
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(Received(), Is.Empty);
    }

    [Test]
    public void Nobody_is_told_that_it_lives_who_does_not_ask()
    {
        int lines = 0;
        using var pulse = new ServicePulse(new ServiceNotifier("@" + _name), null, () => true, () => $"{++lines}", _time);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(Received(), Is.EqualTo(new[] { "STATUS=1\n", "STATUS=2\n" }));
    }

    [Test]
    public void The_interval_counts_for_the_process_that_is_meant()
    {
        Assert.That(ServicePulse.IntervalOf("30000000", null), Is.EqualTo(TimeSpan.FromSeconds(30)));
        Assert.That(ServicePulse.IntervalOf("30000000", _own), Is.EqualTo(TimeSpan.FromSeconds(30)));
        Assert.That(ServicePulse.IntervalOf("30000000", "1"), Is.Null);
        foreach (string? none in (string?[])[null, "", "0", "-5", "soon", "9223372036854775807", "18446744073709551615"])
            Assert.That(ServicePulse.IntervalOf(none, null), Is.Null, none);
    }

    private List<string> Received()
    {
        var received = new List<string>();
        byte[] buffer = new byte[1000];
        while (_listener.Available > 0)
            received.Add(Encoding.UTF8.GetString(buffer, 0, _listener.Receive(buffer)));
        return received;
    }
}
