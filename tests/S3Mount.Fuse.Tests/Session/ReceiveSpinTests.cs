using System.IO.Pipes;
using S3Mount.Fuse.Session;

namespace S3Mount.Fuse.Tests.Session;

/// <summary>When a thread looks for the next request before it sleeps.</summary>
public sealed class ReceiveSpinTests
{
    private AnonymousPipeServerStream _pipe = null!;
    private ReceiveSpin _spin = null!;

    private int Descriptor => (int)_pipe.ClientSafePipeHandle.DangerousGetHandle();

    [SetUp]
    public void Open()
    {
        _pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        _spin = new ReceiveSpin();
    }

    [TearDown]
    public void Close() => _pipe.Dispose();

    [Test]
    [CancelAfter(10_000)]
    public void It_looks_each_time_once_a_look_has_paid()
    {
        _pipe.WriteByte(1);
        Assert.That(Looks(64), Is.GreaterThan(32), "after the first that paid, all");
        Assert.That(Looks(64), Is.EqualTo(64));
    }

    [Test]
    [CancelAfter(10_000)]
    public void It_gives_up_where_nothing_comes_and_tries_now_and_then()
    {
        Assert.That(Looks(320), Is.EqualTo(10), "one in 32");
        _pipe.WriteByte(1);
        Looks(64);
        using var empty = new AnonymousPipeServerStream(PipeDirection.Out);
        int descriptor = (int)empty.ClientSafePipeHandle.DangerousGetHandle();
        int inVain = Enumerable.Range(0, 320).Count(_ => _spin.Wait(descriptor));
        Assert.That(inVain, Is.InRange(8 + 9, 8 + 11), "the trust that it had earned, and one in 32");
    }

    private int Looks(int times) => Enumerable.Range(0, times).Count(_ => _spin.Wait(Descriptor));
}
