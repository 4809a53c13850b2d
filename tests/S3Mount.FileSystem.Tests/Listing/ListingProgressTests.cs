using S3Mount.FileSystem.Listing;

namespace S3Mount.FileSystem.Tests.Listing;

public sealed class ListingProgressTests
{
    private readonly ListingProgress _progress = new();

    [Test]
    public void Who_waits_for_an_entry_goes_on_when_it_is_there()
    {
        Task first = _progress.WaitForAsync(0, default), tenth = _progress.WaitForAsync(9, default);
        _progress.Reach(9);
        Assert.That((first.IsCompletedSuccessfully, tenth.IsCompleted), Is.EqualTo((true, false)));
        _progress.Reach(10);
        Assert.That(tenth.IsCompletedSuccessfully, Is.True);
        Assert.That(_progress.WaitForAsync(9, default).IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public void The_end_lets_everybody_go_on()
    {
        Task waiting = _progress.WaitForAsync(100, default), all = _progress.WaitForAllAsync(default);
        _progress.Complete();
        Assert.That((waiting.IsCompletedSuccessfully, all.IsCompletedSuccessfully, _progress.WaitForAsync(1000, default).IsCompletedSuccessfully), Is.EqualTo((true, true, true)));
    }

    [Test]
    public void A_failure_reaches_who_waits_and_who_comes_later()
    {
        Task waiting = _progress.WaitForAsync(5, default);
        _progress.Reach(2);
        _progress.Fail(new InvalidOperationException("no more"));
        Assert.That(async () => await waiting, Throws.InvalidOperationException);
        Assert.That(async () => await _progress.WaitForAsync(5, default), Throws.InvalidOperationException);
        Assert.That(_progress.WaitForAsync(1, default).IsCompletedSuccessfully, Is.True, "what there is can be had");
    }

    [Test]
    public void A_listing_waits_when_it_is_far_ahead_of_its_readers()
    {
        _ = _progress.WaitForAsync(0, default);
        _progress.Reach(100);
        Task room = _progress.RoomAsync(ahead: 100, unwanted: 10);
        Assert.That(room.IsCompleted, Is.False);
        _ = _progress.WaitForAsync(1, default);
        Assert.That(room.IsCompletedSuccessfully, Is.True);
        Assert.That(_progress.RoomAsync(ahead: 100, unwanted: 10).IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public void A_listing_that_nobody_has_asked_for_waits_sooner()
    {
        _progress.Reach(9);
        Assert.That(_progress.RoomAsync(ahead: 100, unwanted: 10).IsCompletedSuccessfully, Is.True);
        _progress.Reach(10);
        Task room = _progress.RoomAsync(ahead: 100, unwanted: 10);
        Assert.That(room.IsCompleted, Is.False);
        _progress.WantAll();
        Assert.That(room.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public void A_listing_that_nobody_has_asked_for_goes_on_as_far_as_is_allowed()
    {
        _progress.Reach(10);
        Task room = _progress.RoomAsync(ahead: 100, unwanted: 10);
        _progress.Allow(10);
        Assert.That(room.IsCompleted, Is.False);
        _progress.Allow(11);
        Assert.That(room.IsCompletedSuccessfully, Is.True);
        Assert.That(_progress.RoomAsync(ahead: 100, unwanted: 10).IsCompletedSuccessfully, Is.True);
        _progress.Reach(11);
        Assert.That(_progress.RoomAsync(ahead: 100, unwanted: 10).IsCompleted, Is.False);
        Assert.That(_progress.IsWanted, Is.False);
    }

    [Test]
    public void A_listing_whose_place_another_has_taken_waits_for_nobody_unless_it_is_wanted()
    {
        _progress.Reach(10);
        Task room = _progress.RoomAsync(ahead: 100, unwanted: 10);
        _progress.Supersede();
        Assert.That(async () => await room, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(async () => await _progress.RoomAsync(ahead: 100, unwanted: 10), Throws.InstanceOf<OperationCanceledException>());
        _progress.WantAll();
        Assert.That(_progress.RoomAsync(ahead: 100, unwanted: 10).IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public void Cancelling_a_wait_ends_that_wait_alone()
    {
        using var source = new CancellationTokenSource();
        Task one = _progress.WaitForAsync(0, source.Token), other = _progress.WaitForAsync(0, default);
        source.Cancel();
        Assert.That((one.IsCanceled, other.IsCompleted), Is.EqualTo((true, false)));
        _progress.Reach(1);
        Assert.That(other.IsCompletedSuccessfully, Is.True);
    }
}
