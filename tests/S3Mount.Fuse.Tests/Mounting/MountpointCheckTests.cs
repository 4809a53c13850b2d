using S3Mount.Fuse.Mounting;

namespace S3Mount.Fuse.Tests.Mounting;

public sealed class MountpointCheckTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("s3mount-check-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void A_directory_is_returned_absolute_and_without_links()
    {
        Directory.CreateDirectory(Path.Join(_directory, "real"));
        Directory.CreateSymbolicLink(Path.Join(_directory, "link"), "real");
        Assert.That(MountpointCheck.Check(Path.Join(_directory, "link/")), Is.EqualTo(Path.Join(_directory, "real")));
        Assert.That(MountpointCheck.Check(Path.Join(_directory, "link", "..", "real")), Is.EqualTo(Path.Join(_directory, "real")));
    }

    [Test]
    public void A_missing_directory_is_named_with_what_makes_it() =>
        Assert.That(() => MountpointCheck.Check(Path.Join(_directory, "none")),
            Throws.TypeOf<FuseException>().With.Property("Failure").EqualTo(FuseFailure.NoMountpoint).And.Message.Contains("mkdir -p"));

    [Test]
    public void A_directory_below_a_missing_one_is_refused() =>
        Assert.That(() => MountpointCheck.Check(Path.Join(_directory, "none", "deeper")),
            Throws.TypeOf<FuseException>().With.Property("Failure").EqualTo(FuseFailure.NoMountpoint));

    [Test]
    public void A_file_is_refused()
    {
        string file = Path.Join(_directory, "file");
        File.WriteAllText(file, "");
        Assert.That(() => MountpointCheck.Check(file),
            Throws.TypeOf<FuseException>().With.Property("Failure").EqualTo(FuseFailure.BadMountpoint).And.Message.Contains("not a directory"));
        Assert.That(() => MountpointCheck.Check(file + "/x"), Throws.TypeOf<FuseException>().With.Message.Contains("not a directory"));
    }

    [Test]
    public void A_link_that_leads_in_a_circle_is_refused()
    {
        string link = Path.Join(_directory, "loop");
        File.CreateSymbolicLink(link, link);
        Assert.That(() => MountpointCheck.Check(link),
            Throws.TypeOf<FuseException>().With.Property("Failure").EqualTo(FuseFailure.BadMountpoint).And.Message.Contains("ELOOP"));
    }

    [Test]
    public void An_empty_path_is_refused() => Assert.That(() => MountpointCheck.Check(""), Throws.TypeOf<FuseException>());
}
