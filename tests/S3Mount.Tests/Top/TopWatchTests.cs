using S3Mount.Control.Client;
using S3Mount.Fuse.Mounting;
using S3Mount.Hosting;
using S3Mount.Testing;
using S3Mount.Top;

namespace S3Mount.Tests.Top;

/// <summary>A mount that is looked at while its daemon answers, falls silent, comes back and goes.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[CancelAfter(30_000)]
public sealed class TopWatchTests
{
    private static readonly MountTableEntry _mount = new(1, "0:57", "/mnt", "fuse.s3mount", "s3mount#bucket", "ro");

    private readonly FakeTimeProvider _clock = new();
    private ControlClientException? _failure;
    private bool _isMounted = true;

    [Test]
    public async Task A_daemon_that_is_silent_is_asked_again_and_what_it_last_said_stays()
    {
        TopWatch watch = Watch();
        await watch.LookAsync(default);
        Assert.That((watch.Frame.Problem, watch.Frame.Figures!.Status.Source), Is.EqualTo(((string?)null, "s3://bucket/prefix/")));
        _failure = new ControlClientException(ControlFailure.NoAnswer, "it does not answer");
        await watch.LookAsync(default);
        _clock.Advance(TimeSpan.FromSeconds(12));
        await watch.LookAsync(default);
        Assert.That((watch.Frame.Problem, watch.Frame.Figures!.Status.Source), Is.EqualTo(("it does not answer (for 12 s)", "s3://bucket/prefix/")));
        _failure = null;
        await watch.LookAsync(default);
        Assert.That(watch.Frame.Problem, Is.Null);
    }

    [Test]
    public async Task One_that_is_gone_ends_it_with_a_line()
    {
        TopWatch watch = Watch();
        await watch.LookAsync(default);
        _isMounted = false;
        Assert.That(Assert.ThrowsAsync<StartupException>(() => watch.LookAsync(default))!.Message, Is.EqualTo("/mnt is not mounted any more"));
    }

    [Test]
    public void One_that_goes_while_it_is_asked_does_too()
    {
        var watch = new TopWatch(_mount, _ =>
        {
            _isMounted = false;
            throw new ControlClientException(ControlFailure.NoAnswer, "it ended");
        }, () => _isMounted, _clock);
        Assert.ThrowsAsync<StartupException>(() => watch.LookAsync(default));
    }

    [Test]
    public void Who_may_not_ask_is_told_so_and_does_not_try_again()
    {
        _failure = new ControlClientException(ControlFailure.NotAllowed, "user 1 alone may ask");
        Assert.That(Assert.ThrowsAsync<ControlClientException>(() => Watch().LookAsync(default))!.Message, Is.EqualTo("user 1 alone may ask"));
    }

    [Test]
    public async Task The_screen_is_drawn_at_each_look_and_when_it_is_woken()
    {
        using var stopping = new CancellationTokenSource();
        int drawn = 0;
        var loop = new TopLoop(Watch(), _ => Interlocked.Increment(ref drawn), TimeSpan.FromSeconds(1), _clock);
        Task running = loop.RunAsync(stopping.Token);
        await BecomesAsync(() => drawn == 2 && _clock.ActiveTimers == 1, "drawn before and after the first look");
        loop.Wake();
        await BecomesAsync(() => drawn == 3, "drawn once more");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await BecomesAsync(() => drawn == 4 && _clock.ActiveTimers == 1, "drawn after the next look");
        await stopping.CancelAsync();
        await running;
        Assert.That(drawn, Is.EqualTo(4));
    }

    [Test]
    public void The_loop_ends_with_the_mount()
    {
        var loop = new TopLoop(Watch(), _ => { }, TimeSpan.FromSeconds(1), _clock);
        _isMounted = false;
        Assert.ThrowsAsync<StartupException>(() => loop.RunAsync(default));
    }

    private static async Task BecomesAsync(Func<bool> condition, string what)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.That(i, Is.LessThan(1000), what);
            await Task.Delay(10);
        }
    }

    private TopWatch Watch() => new(
        _mount, _ => _failure is null ? Task.FromResult(TestStatus.Sample(TestStatus.Empty, _clock.GetTimestamp())) : Task.FromException<TopSample>(_failure), () => _isMounted, _clock);
}
