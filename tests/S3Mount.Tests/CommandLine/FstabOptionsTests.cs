using S3Mount.Configuration;

namespace S3Mount.Tests.CommandLine;

[TestFixture]
public sealed class FstabOptionsTests
{
    [TestCase("metadata_ttl=10m")]
    [TestCase("metadata-ttl=10m")]
    public void Our_options_are_taken_in_both_spellings(string list) =>
        Assert.That(Settings.Read("bucket", "/mnt", "-o", list).MetadataTtl, Is.EqualTo(TimeSpan.FromMinutes(10)));

    [Test]
    public void What_fstab_tells_every_file_system_is_ignored()
    {
        MountSettings settings = Settings.Read(
            "bucket", "/mnt", "-o", "defaults,ro,nosuid,nodev,default_permissions,_netdev,noauto,nofail,x-systemd.automount,x-systemd.idle-timeout=60");
        Assert.That(settings, Is.EqualTo(Settings.Read("bucket", "/mnt")));
    }

    [Test]
    public void Several_lists_add_up()
    {
        MountSettings settings = Settings.Read("bucket", "/mnt", "-o", "allow_other,uid=trainer", "-ogid=5", "-o", ",,force_path_style,");
        Assert.That((settings.AllowOther, settings.Uid, settings.Gid, settings.ForcePathStyle), Is.EqualTo((true, 2000u, 5u, true)));
    }

    [TestCase("noexec", true)]
    [TestCase("exec", false)]
    [TestCase("noexec,exec", false)]
    [TestCase("exec,noexec", true)]
    public void Of_noexec_and_exec_the_last_counts(string list, bool noExec) =>
        Assert.That(Settings.Read("bucket", "/mnt", "-o", list).ToMountOptions().NoExec, Is.EqualTo(noExec));

    [TestCase("--memory 1G -o memory=64m")]
    [TestCase("-o memory=64m --memory 1G")]
    public void The_command_line_wins_over_the_list(string options) =>
        Assert.That(Settings.Read(["bucket", "/mnt", .. options.Split(' ')]).Memory, Is.EqualTo(1L << 30));

    [Test]
    public void An_escaped_comma_belongs_to_the_value() =>
        Assert.That(Settings.Read("bucket", "/mnt", "-o", @"prefix=a\,b,region=r").Prefix, Is.EqualTo("a,b/"));
}
