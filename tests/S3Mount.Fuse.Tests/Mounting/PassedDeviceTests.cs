using S3Mount.Fuse.Mounting;

namespace S3Mount.Fuse.Tests.Mounting;

[TestFixture]
public sealed class PassedDeviceTests
{
    [TestCase("/mnt/x", null)]
    [TestCase("/dev/fd/", null)]
    [TestCase("/dev/fd/-1", null)]
    [TestCase("/dev/fd/3/x", null)]
    [TestCase("/dev/fd/3", 3)]
    public void A_descriptor_is_found_by_its_number_alone(string mountpoint, int? number) => Assert.That(PassedDevice.Find(mountpoint), Is.EqualTo(number));

    [Test]
    public void Where_the_kernel_does_not_tell_what_is_mounted_the_device_counts()
    {
        if (!File.Exists("/dev/fuse"))
            Assert.Ignore("there is no /dev/fuse");
        using var device = new FileStream("/dev/fuse", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        int descriptor = (int)device.SafeFileHandle.DangerousGetHandle();
        Assert.That(() => PassedDevice.Check(descriptor, new Version(5, 15)), Throws.Nothing);
        Assert.That(() => PassedDevice.Check(descriptor, new Version(5, 18)), Throws.TypeOf<FuseException>().With.Message.EqualTo($"/dev/fd/{descriptor} is /dev/fuse and not a /dev/fuse that is mounted"));
    }

    [Test]
    public void Another_device_is_refused_whatever_the_kernel()
    {
        using var device = new FileStream("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        int descriptor = (int)device.SafeFileHandle.DangerousGetHandle();
        foreach (Version kernel in (Version[])[new(5, 4), new(6, 18)])
            Assert.That(() => PassedDevice.Check(descriptor, kernel), Throws.TypeOf<FuseException>().With.Message.Contains("/dev/null and not a /dev/fuse"));
    }
}
