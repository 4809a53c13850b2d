using S3Mount.CommandLine;
using S3Mount.Hosting;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Hosting;

[TestFixture]
public sealed class StartCheckTests
{
    private readonly OptionValues _nothing = new();
    private string _directory = "";

    [SetUp]
    public void MakeDirectory() => _directory = Directory.CreateTempSubdirectory("s3mount-check-").FullName;

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_log_or_a_cache_below_the_mountpoint_is_refused()
    {
        Assert.That(
            () => StartCheck.ThrowIfBelow(_directory, MountOptions.LogFile, _nothing, _directory + "/logs/s3mount.log"),
            Throws.TypeOf<UsageException>().With.Message.EqualTo($"--log-file: {_directory}/logs/s3mount.log lies below the mountpoint; choose another place"));
        Assert.That(
            () => StartCheck.ThrowIfBelow(_directory, MountOptions.Cache, _nothing, _directory),
            Throws.TypeOf<UsageException>().With.Message.EqualTo($"--cache: {_directory} lies below the mountpoint; choose another place"));
        Assert.That(() => StartCheck.ThrowIfBelow(_directory, MountOptions.LogFile, _nothing, _directory + "-log/s3mount.log"), Throws.Nothing);
        Assert.That(() => StartCheck.ThrowIfBelow(_directory, MountOptions.LogFile, _nothing, null), Throws.Nothing);
    }

    [Test]
    public void A_link_does_not_hide_that_the_log_lies_below()
    {
        Directory.CreateDirectory(_directory + "/real");
        File.CreateSymbolicLink(_directory + "/link", "real");
        Assert.That(() => StartCheck.ThrowIfBelow(_directory + "/real", MountOptions.LogFile, _nothing, _directory + "/link/s3mount.log"), Throws.TypeOf<UsageException>());
    }

    [TestCase("--allow-other", 1000u, "# user_allow_other\n", false)]
    [TestCase("--allow-root", 1000u, "mount_max = 10\n", false)]
    [TestCase("--allow-other", 1000u, "mount_max = 10\n user_allow_other \n", true)]
    [TestCase("--allow-other", 0u, "", true)]
    [TestCase("-f", 1000u, "", true)]
    public void Letting_others_in_needs_root_or_a_line_in_fuse_conf(string option, uint user, string conf, bool allowed)
    {
        string file = _directory + "/fuse.conf";
        File.WriteAllText(file, conf);
        if (allowed)
        {
            Assert.That(() => StartCheck.ThrowIfOthersAreNotAllowed(Settings.Read("b", "/mnt", option), _nothing, user, file), Throws.Nothing);
            return;
        }
        Assert.That(
            () => StartCheck.ThrowIfOthersAreNotAllowed(Settings.Read("b", "/mnt", option), _nothing, user, file),
            Throws.TypeOf<StartupException>().With.Message.EqualTo($"{option} needs the line user_allow_other in {file} (or root)"));
    }
}
