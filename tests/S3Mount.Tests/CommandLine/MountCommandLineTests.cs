using Microsoft.Extensions.Logging;
using S3Mount.Configuration;

namespace S3Mount.Tests.CommandLine;

[TestFixture]
public sealed class MountCommandLineTests
{
    [Test]
    public void Bucket_and_mountpoint_alone_give_the_documented_defaults()
    {
        Assert.That(Settings.Read("bucket", "/mnt/data"), Is.EqualTo(new MountSettings
        {
            Bucket = "bucket",
            Prefix = "",
            Mountpoint = "/mnt/data",
            Foreground = false,
            MaxConnections = 64,
            IoDeadline = TimeSpan.FromMinutes(5),
            MetadataTtl = TimeSpan.FromSeconds(60),
            NegativeMetadataTtl = TimeSpan.FromSeconds(5),
            Memory = 2L << 30,
            Uid = 1000,
            Gid = 1001,
            FileMode = Convert.ToUInt32("0444", 8),
            DirMode = Convert.ToUInt32("0555", 8),
            LogLevel = LogLevel.Information,
        }));
    }

    [Test]
    public void Every_option_reaches_its_setting()
    {
        string certificates = typeof(MountCommandLineTests).Assembly.Location;
        MountSettings settings = Settings.Read(
            "-f", "s3://bucket/train", "/mnt/data", "--region", "eu-west-1", "--endpoint-url", "http://127.0.0.1:9000", "--profile", "p",
            "--no-sign-request", "--requester-pays", "--force-path-style", "--metadata-ttl", "1h", "--negative-metadata-ttl", "indefinite",
            "--memory", "512MiB", "--cache", "/var/cache/x", "--max-connections", "7", "--allow-other", "--uid", "trainer", "--gid", "ml", "--file-mode", "0440",
            "--dir-mode", "550", "--io-deadline", "0", "--ca-bundle", certificates, "--log-level", "debug", "--log-file", "/tmp/log");
        Assert.That(settings, Is.EqualTo(new MountSettings
        {
            Bucket = "bucket",
            Prefix = "train/",
            Mountpoint = "/mnt/data",
            Foreground = true,
            Region = "eu-west-1",
            EndpointUrl = "http://127.0.0.1:9000",
            Profile = "p",
            NoSignRequest = true,
            RequesterPays = true,
            ForcePathStyle = true,
            MetadataTtl = TimeSpan.FromHours(1),
            NegativeMetadataTtl = Timeout.InfiniteTimeSpan,
            Memory = 512L << 20,
            Cache = "/var/cache/x",
            MaxConnections = 7,
            AllowOther = true,
            Uid = 2000,
            Gid = 2001,
            FileMode = Convert.ToUInt32("0440", 8),
            DirMode = Convert.ToUInt32("0550", 8),
            IoDeadline = Timeout.InfiniteTimeSpan,
            CaBundle = certificates,
            LogLevel = LogLevel.Debug,
            LogFile = "/tmp/log",
        }));
    }

    [TestCase("bucket", "bucket", "")]
    [TestCase("bucket/", "bucket", "")]
    [TestCase("bucket/tra", "bucket", "tra/")]
    [TestCase("bucket/a/b/", "bucket", "a/b/")]
    [TestCase("bucket//", "bucket", "/")]
    [TestCase("s3://bucket", "bucket", "")]
    [TestCase("s3://bucket/", "bucket", "")]
    [TestCase("S3://bucket/a b/ü", "bucket", "a b/ü/")]
    [TestCase("s3://status/", "status", "")]
    [TestCase("s3://umount/x", "umount", "x/")]
    [TestCase("My_Old.Bucket", "My_Old.Bucket", "")]
    public void A_bucket_is_written_with_or_without_scheme_and_prefix(string text, string bucket, string prefix)
    {
        MountSettings settings = Settings.Read(text, "/mnt");
        Assert.That((settings.Bucket, settings.Prefix), Is.EqualTo((bucket, prefix)));
    }

    [Test]
    public void The_prefix_option_gets_its_slash() => Assert.That(Settings.Read("bucket", "/mnt", "--prefix", "train").Prefix, Is.EqualTo("train/"));

    [Test]
    public void A_relative_mountpoint_is_taken_from_the_working_directory() =>
        Assert.That(Settings.Read("bucket", "umount").Mountpoint, Is.EqualTo(Path.Combine(Environment.CurrentDirectory, "umount")));

    [Test]
    public void Options_may_stand_anywhere_and_take_an_equals_sign()
    {
        MountSettings settings = Settings.Read("--memory=64MiB", "bucket", "--metadata-ttl=90", "/mnt", "-f");
        Assert.That((settings.Memory, settings.MetadataTtl, settings.Foreground), Is.EqualTo((64L << 20, TimeSpan.FromSeconds(90), true)));
    }

    [Test]
    public void An_option_given_twice_takes_the_last() =>
        Assert.That(Settings.Read("bucket", "/mnt", "--memory", "64MiB", "--memory", "1G").Memory, Is.EqualTo(1L << 30));

    [Test]
    public void Allow_root_is_allow_other_with_the_owners_bits_alone()
    {
        MountSettings settings = Settings.Read("bucket", "/mnt", "--allow-root", "--file-mode", "0644");
        Assert.That(settings.ToMountOptions().AllowOther, Is.True);
        Assert.That(settings.ToMountOptions().DefaultPermissions, Is.True);
        Assert.That(settings.ToFileSystemOptions(snapshot: null).FileMode, Is.EqualTo(Convert.ToUInt32("0600", 8)));
        Assert.That(settings.ToFileSystemOptions(snapshot: null).DirectoryMode, Is.EqualTo(Convert.ToUInt32("0500", 8)));
    }

    [TestCase("bucket/a/b", ExpectedResult = "s3mount#bucket/a/b")]
    [TestCase("bucket", ExpectedResult = "s3mount#bucket")]
    public string The_source_names_bucket_and_prefix(string text) => Settings.Read(text, "/mnt").ToMountOptions().Source;
}
