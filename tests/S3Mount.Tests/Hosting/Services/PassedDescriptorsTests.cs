using System.Globalization;
using S3Mount.Hosting.Services;

namespace S3Mount.Tests.Hosting.Services;

[TestFixture]
public sealed class PassedDescriptorsTests
{
    private static readonly string _own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    [Test]
    public void Each_is_found_by_its_name_once()
    {
        var passed = new PassedDescriptors(_own, "3", "a:s3mount-fuse:c");
        Assert.That((passed.Take("s3mount-fuse"), passed.Take("s3mount-fuse"), passed.Take("c"), passed.Take("d")), Is.EqualTo(((int?)4, (int?)null, (int?)5, (int?)null)));
    }

    [TestCase("1", "1", "a", Description = "meant for another process")]
    [TestCase(null, "1", "a")]
    [TestCase("own", null, "a")]
    [TestCase("own", "-1", "a")]
    [TestCase("own", "99999999", "a")]
    [TestCase("own", "many", "a")]
    [TestCase("own", "1", null)]
    public void What_makes_no_sense_is_nothing(string? process, string? count, string? names) =>
        Assert.That(new PassedDescriptors(process == "own" ? _own : process, count, names).Take("a"), Is.Null);
}
