using S3Mount.Fuse.Mounting;

namespace S3Mount.Fuse.Tests.Mounting;

[TestFixture]
public sealed class MountpointPathTests
{
    private string _directory = "";

    [SetUp]
    public void MakeDirectory()
    {
        _directory = Directory.CreateTempSubdirectory("s3mount-path-").FullName;
        Directory.CreateDirectory(_directory + "/real/inner");
        File.CreateSymbolicLink(_directory + "/link", _directory + "/real");
        File.CreateSymbolicLink(_directory + "/relative", "link/inner");
        File.CreateSymbolicLink(_directory + "/up", "real/inner/../..");
        File.CreateSymbolicLink(_directory + "/loop", "loop");
    }

    [TearDown]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [TestCase("/real/inner", "/real/inner")]
    [TestCase("/real/inner/", "/real/inner")]
    [TestCase("//real/./inner/../inner", "/real/inner")]
    [TestCase("/link/inner", "/real/inner")]
    [TestCase("/relative", "/real/inner")]
    [TestCase("/up/real", "/real")]
    [TestCase("/link/not/there", "/real/not/there")]
    [TestCase("/relative/../inner", "/real/inner")]
    public void Links_are_followed(string path, string expected) =>
        Assert.That(MountpointPath.Resolve(_directory + path, _ => false), Is.EqualTo(_directory + expected));

    [Test]
    public void A_mountpoint_is_never_asked_whether_it_is_a_link() =>
        Assert.That(MountpointPath.Resolve(_directory + "/link", path => path == _directory + "/link"), Is.EqualTo(_directory + "/link"));

    [Test]
    public void A_loop_of_links_ends() => Assert.That(MountpointPath.Resolve(_directory + "/loop", _ => false), Is.EqualTo(_directory + "/loop"));

    [Test]
    [CancelAfter(10_000)]
    public void A_loop_of_links_in_a_mount_ends_too(CancellationToken cancellationToken)
    {
        File.CreateSymbolicLink(_directory + "/circle", _directory + "/circle");
        bool IsMounted(string path) => cancellationToken.IsCancellationRequested ? throw new TimeoutException() : path == _directory;
        Assert.That(MountpointPath.Resolve(_directory + "/circle", IsMounted), Is.EqualTo(_directory + "/circle"));
    }

    [Test]
    public void A_relative_path_belongs_to_the_working_directory() =>
        Assert.That(MountpointPath.Resolve("s3mount-not-there/../x"), Is.EqualTo(MountpointPath.Resolve(Environment.CurrentDirectory) + "/x"));

    [TestCase("/")]
    [TestCase("/..")]
    public void The_root_is_the_root(string path) => Assert.That(MountpointPath.Resolve(path, _ => false), Is.EqualTo("/"));
}
