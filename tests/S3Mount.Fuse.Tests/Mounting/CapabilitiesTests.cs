using S3Mount.Fuse.Mounting;

namespace S3Mount.Fuse.Tests.Mounting;

public sealed class CapabilitiesTests
{
    [TestCase("CapEff:\t000001ffffffffff", true)]
    [TestCase("CapEff:\t0000000000200000", true)]
    [TestCase("CapEff:\t00000000a80425fb", false, Description = "what containers have")]
    [TestCase("CapEff:\t0000000000000000", false)]
    [TestCase("CapEff:\tnonsense", true)]
    [TestCase("Name:\tnone", true)]
    public void Only_a_capability_that_is_certainly_missing_is_missing(string line, bool expected) =>
        Assert.That(Capabilities.HasSysAdmin(["CapPrm:\t0000000000000000", line, "CapBnd:\t000001ffffffffff"]), Is.EqualTo(expected));
}
