using S3Mount.CommandLine;
using S3Mount.Configuration;

namespace S3Mount.Tests.CommandLine;

/// <summary>The command lines that mount(8) makes, as util-linux 2.38 makes them of the options that are named beside them.</summary>
[TestFixture]
public sealed class MountHelperTests
{
    [TestCase("/sbin/mount.s3mount", ExpectedResult = true)]
    [TestCase("mount.s3mount", ExpectedResult = true)]
    [TestCase("/usr/sbin/mount.fuse.s3mount", ExpectedResult = true)]
    [TestCase("/usr/bin/s3mount", ExpectedResult = false)]
    [TestCase("mount.s3mount.old", ExpectedResult = false)]
    [TestCase(null, ExpectedResult = false)]
    public bool It_is_chosen_by_the_name_that_the_program_is_called_by(string? name) => MountHelper.IsCalledAs(name);

    [Test]
    public void A_line_of_fstab_becomes_a_mount_with_its_options()
    {
        MountSettings settings = Read("my-datasets/imagenet", "/datasets/imagenet", "-o", "rw,allow_other,metadata_ttl=10m,cache=/nvme,_netdev,nofail");
        Assert.That(settings, Is.EqualTo(Settings.Read("my-datasets/imagenet", "/datasets/imagenet", "--allow-other", "--metadata-ttl", "10m", "--cache", "/nvme") with { Source = "my-datasets/imagenet" }));
        // mount -a compares this with the line of fstab.
        Assert.That(settings.ToMountOptions().Source, Is.EqualTo("my-datasets/imagenet"));
    }

    // defaults, -o rw and nothing at all are the same there.
    [TestCase("rw")]
    [TestCase("ro")]
    [TestCase("rw,nofail")]
    public void That_mount_adds_rw_does_not_matter(string list) =>
        Assert.That(Read("b", "/mnt", "-o", list), Is.EqualTo(Settings.Read("b", "/mnt") with { Source = "b" }));

    [Test]
    public void What_mount_makes_of_user_is_honoured()
    {
        MountSettings settings = Read("b", "/mnt", "-o", "rw,noexec,nosuid,nodev,user");
        Assert.That(settings.ToMountOptions(), Is.EqualTo(Settings.Read("b", "/mnt").ToMountOptions() with { Source = "b", NoExec = true }));
    }

    [TestCase("-s", "-f", "-n", "-v", "-o", "rw,nope,region=r")]
    [TestCase("-sfnv", "-orw,nope=1,region=r", "-t", "s3mount")]
    public void Flags_are_taken_and_sloppy_ignores_what_is_not_known(params string[] flags)
    {
        var helper = MountHelper.Parse(["b", "/mnt", .. flags]);
        Assert.That((helper.Fake, helper.Verbose), Is.EqualTo((true, true)));
        Assert.That(SettingsOf(helper).Region, Is.EqualTo("r"));
    }

    [Test]
    public void Sloppy_does_not_ignore_a_wrong_value() =>
        Assert.That(() => Read("b", "/mnt", "-s", "-o", "rw,metadata_ttl=soon"), Throws.TypeOf<UsageException>().With.Message.StartsWith("-o metadata_ttl: 'soon' is not a duration"));

    [TestCase(@"prefix=""a,b"",region=r", "a,b/", "r")]
    [TestCase(@"prefix=a""b\\c,region=r", @"a""b\c/", "r")]
    public void A_value_with_a_comma_stands_in_double_quotes(string list, string prefix, string region)
    {
        MountSettings settings = Read("b", "/mnt", "-o", "rw," + list);
        Assert.That((settings.Prefix, settings.Region), Is.EqualTo((prefix, region)));
    }

    // mount -o 'prefix=a\,ro,region=x' hands over -o 'ro,prefix=a\,region=x'.
    [TestCase(@"ro,prefix=a\,region=x", @"-o: a value with a comma is written in double quotes for mount(8), as in prefix=""a,b""")]
    [TestCase("rw,metadata_tll=10m", "-o metadata_tll: unknown option; did you mean metadata_ttl?")]
    [TestCase("rw,remount", "-o remount: the options of a mount cannot be changed; unmount it and mount it again")]
    [TestCase("rw,foreground", "-o foreground: unknown option; see s3mount --help")]
    [TestCase("rw,prefix=\"a", "-o prefix=a: the closing double quote is missing")]
    public void What_is_wrong_in_the_list_is_named(string list, string message) =>
        Assert.That(() => Read("b", "/mnt", "-o", list), Throws.TypeOf<UsageException>().With.Message.EqualTo(message));

    [TestCase("b")]
    [TestCase("b", "/mnt", "more")]
    [TestCase("b", "/mnt", "-x")]
    [TestCase("b", "/mnt", "-o")]
    [TestCase("b", "/mnt", "--memory", "1G")]
    public void Anything_else_on_the_command_line_is_wrong_usage(params string[] args) =>
        Assert.That(() => MountHelper.Parse(args), Throws.TypeOf<UsageException>().With.Message.EndsWith("write mount.s3mount BUCKET[/PREFIX] MOUNTPOINT [-sfnv] [-o OPT[,OPT]]"));

    [Test]
    public void Another_namespace_is_refused_with_the_command_that_does_it() =>
        Assert.That(() => MountHelper.Parse(["b", "/mnt", "-N", "/proc/1/ns/mnt"]), Throws.TypeOf<UsageException>().With.Message.Contains("nsenter --mount=/proc/1/ns/mnt s3mount"));

    [TestCase("umount")]
    [TestCase("status")]
    public void A_bucket_that_is_named_like_a_command_is_a_bucket(string bucket) =>
        Assert.That(Read(bucket, "/mnt", "-o", "rw").Bucket, Is.EqualTo(bucket));

    [Test]
    public void Source_and_mountpoint_swapped_is_said() =>
        Assert.That(() => Read("/mnt", "b"), Throws.TypeOf<UsageException>().With.Message.StartsWith("bucket and mountpoint are swapped"));

    [TestCase(EntryPoint.Done, ExpectedResult = 0)]
    [TestCase(EntryPoint.WrongUsage, ExpectedResult = 1)]
    [TestCase(EntryPoint.Failed, ExpectedResult = 32)]
    public int Exit_codes_are_those_of_mount(int own) => MountHelper.ExitCode(own);

    private static MountSettings Read(params string[] args) => SettingsOf(MountHelper.Parse(args));

    private static MountSettings SettingsOf(MountHelper helper) => Settings.Read(helper.Arguments);
}
