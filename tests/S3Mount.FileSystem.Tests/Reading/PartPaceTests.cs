using S3Mount.FileSystem.Reading;

namespace S3Mount.FileSystem.Tests.Reading;

public sealed class PartPaceTests
{
    private const int Part = 8 << 20;

    [TestCase(1, 16)]
    [TestCase(2, 16)]
    [TestCase(4, 32)]
    [TestCase(16, 48)]
    public void Eight_parts_a_core_are_of_use_until_something_else_is_known(int cores, int parts) =>
        Assert.That(new PartPace(cores, 48).UsefulParts, Is.EqualTo(parts));

    [Test]
    public void A_store_far_away_gets_more_requests_at_once_up_to_the_connections()
    {
        var pace = new PartPace(2, 48);
        for (int i = 0; i < 64; i++)
            pace.Measured(Part, TimeSpan.FromSeconds(Part / (PartPace.NearRate / 2.0)));
        Assert.That(pace.UsefulParts, Is.InRange(31, 32));
        for (int i = 0; i < 64; i++)
            pace.Measured(Part, TimeSpan.FromSeconds(10));
        Assert.That(pace.UsefulParts, Is.EqualTo(48));
    }

    [Test]
    public void A_fast_store_never_gets_fewer_than_hide_its_first_bytes()
    {
        var pace = new PartPace(2, 48);
        for (int i = 0; i < 64; i++)
            pace.Measured(Part, TimeSpan.FromMilliseconds(5));
        Assert.That(pace.UsefulParts, Is.EqualTo(PartPace.MinParts));
    }

    [Test]
    public void Small_parts_and_a_clock_that_stands_still_say_nothing()
    {
        var pace = new PartPace(2, 48);
        pace.Measured(1 << 20, TimeSpan.FromSeconds(10));
        pace.Measured(Part, TimeSpan.Zero);
        Assert.That(pace.UsefulParts, Is.EqualTo(16));
    }

    [Test]
    public void Few_connections_bound_everything() => Assert.That(new PartPace(8, 3).UsefulParts, Is.EqualTo(3));
}
