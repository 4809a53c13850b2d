using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Mono.Unix.Native;
using S3Mount.Control;
using S3Mount.Interop;
using S3Mount.Logging;
using S3Mount.Testing;

namespace S3Mount.Tests.Control;

/// <summary>Where control sockets lie, and what becomes of those that others have left.</summary>
[TestFixture]
[CancelAfter(30_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ControlSocketTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TempDirectory _directory = new("s3mount-control");
    private readonly LastFailure _log = new(NullLogger.Instance, TimeProvider.System);
    private readonly uint _uid = LibC.GetEffectiveUid();

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task Directory_and_socket_are_the_users_alone()
    {
        await using ControlServer? server = Start("9999:7", _directory["run"]);
        Assert.That(server!.Path, Is.EqualTo(_directory["run/9999-7.sock"]));
        Assert.That(File.GetUnixFileMode(_directory["run"]), Is.EqualTo(Private));
        Assert.That(File.GetUnixFileMode(server.Path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public async Task A_directory_that_others_may_enter_is_closed_to_them()
    {
        Directory.CreateDirectory(_directory["run"], Private | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        await using ControlServer? server = Start("9999:7", _directory["run"]);
        Assert.That(File.GetUnixFileMode(_directory["run"]), Is.EqualTo(Private));
    }

    [Test]
    public void A_directory_that_others_may_write_is_not_used([Values(UnixFileMode.GroupWrite, UnixFileMode.OtherWrite)] UnixFileMode mode)
    {
        string run = _directory.CreateDirectory("run");
        File.SetUnixFileMode(run, Private | mode);
        _directory.Write("run/9999-7.sock", "planted");
        Assert.That(Start("9999:7", run), Is.Null);
        Assert.That(_log.Find()!.Message, Does.Contain($"{run} can be written by other users"));
        Assert.That(File.GetUnixFileMode(run), Is.EqualTo(Private | mode));
        Assert.That(File.ReadAllText(_directory["run/9999-7.sock"]), Is.EqualTo("planted"));
    }

    [Test]
    public async Task Two_mounts_have_two_sockets()
    {
        await using ControlServer? one = Start("9999:7", _directory["run"]);
        await using ControlServer? two = Start("9999:8", _directory["run"]);
        Assert.That((IsAnswered(one!.Path), IsAnswered(two!.Path)), Is.EqualTo((true, true)));
        await two.DisposeAsync();
        Assert.That((IsAnswered(one.Path), File.Exists(two.Path)), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task What_dead_daemons_have_left_is_replaced_or_removed()
    {
        Directory.CreateDirectory(_directory["run"], Private);
        LeaveSocket("9999-7.sock");
        LeaveSocket("9999-9.sock");
        _directory.Write("run/notes.txt", "not ours");
        await using ControlServer? server = Start("9999:7", _directory["run"]);
        Assert.That(Directory.GetFiles(_directory["run"]).Select(Path.GetFileName), Is.EquivalentTo((string[])["9999-7.sock", "notes.txt"]));
        Assert.That(IsAnswered(server!.Path), Is.True);
    }

    [Test]
    public async Task A_daemon_on_its_way_out_does_not_take_the_socket_of_the_next_one_with_it()
    {
        ControlServer? old = Start("9999:7", _directory["run"]);
        await using ControlServer? next = Start("9999:7", _directory["run"]);
        await old!.DisposeAsync();
        Assert.That(IsAnswered(next!.Path), Is.True);
    }

    [Test]
    public async Task The_next_place_is_taken_where_the_first_cannot_be_had()
    {
        _directory.Write("file", "");
        string tooLong = _directory.CreateDirectory(new string('x', 90));
        await using ControlServer? server = Start("9999:7", _directory["missing/run"], _directory["file"], tooLong, _directory["last"]);
        Assert.That(server!.Path, Is.EqualTo(_directory["last/9999-7.sock"]));
        Assert.That(_log.Find(), Is.Null);
    }

    [Test]
    public void Without_any_place_the_log_says_why()
    {
        Assert.That(Start("9999:7", _directory["missing/run"], _directory["missing/too"]), Is.Null);
        Assert.That(_log.Find()!.Message, Is.EqualTo(
            "there is no control socket, so that s3mount status and refresh cannot reach this mount: "
            + $"{_directory["missing/run"]} cannot be made (ENOENT), {_directory["missing/too"]} cannot be made (ENOENT)"));
    }

    [Test]
    public void A_directory_of_somebody_else_or_a_link_is_not_entered()
    {
        if (_uid != 0)
            Assert.Ignore("only root can give files away");
        _directory.CreateDirectory("theirs");
        Assert.That(Syscall.chown(_directory["theirs"], 12345, 12345), Is.Zero);
        _directory.CreateDirectory("own");
        File.CreateSymbolicLink(_directory["link"], _directory["own"]);
        Assert.That(Start("9999:7", _directory["theirs"], _directory["link"]), Is.Null);
        Assert.That(_log.Find()!.Message, Does.EndWith($": {_directory["theirs"]} belongs to user 12345, {_directory["link"]} is a link, not a directory"));
        Assert.That(Directory.GetFileSystemEntries(_directory["own"]), Is.Empty);
    }

    [TestCase(0u, "/run/user/0", "/run/s3mount", "/tmp/s3mount-0")]
    [TestCase(1000u, "/run/user/1000", "/run/user/1000/s3mount", "/tmp/s3mount-1000")]
    [TestCase(1000u, "/home/u/run", "/home/u/run/s3mount", "/tmp/s3mount-1000")]
    [TestCase(1000u, "relative", "/run/user/1000/s3mount", "/tmp/s3mount-1000")]
    [TestCase(1000u, null, "/run/user/1000/s3mount", "/tmp/s3mount-1000")]
    public void Root_and_users_have_their_own_places(uint uid, string? runtime, params string[] places) =>
        Assert.That(ControlDirectory.PlacesOf(uid, runtime), Is.EqualTo(places));

    private ControlServer? Start(string device, params string[] places) =>
        ControlStart.TryStart(places, _uid, device, [TestEndpoint.Echo("GET", "/v1/echo")], TimeProvider.System, _log);

    private void LeaveSocket(string name)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string elsewhere = _directory["left"];
        socket.Bind(new UnixDomainSocketEndPoint(elsewhere));
        // Disposing removes the name that was bound, so it is another by then.
        File.Move(elsewhere, _directory["run/" + name]);
    }

    private static bool IsAnswered(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
