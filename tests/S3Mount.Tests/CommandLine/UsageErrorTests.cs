using S3Mount.CommandLine;

namespace S3Mount.Tests.CommandLine;

[TestFixture]
public sealed class UsageErrorTests
{
    private const string Usage = "s3mount BUCKET[/PREFIX] MOUNTPOINT [options]";

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Case("", $"bucket and mountpoint are missing; write {Usage}");
        yield return Case("bucket", "the mountpoint is missing; write s3mount bucket MOUNTPOINT");
        yield return Case("/mnt", "the bucket is missing; write s3mount BUCKET[/PREFIX] /mnt");
        yield return Case("a b c", $"unexpected argument 'c'; write {Usage}");
        yield return Case("/mnt bucket", "bucket and mountpoint are swapped; write s3mount bucket /mnt");
        yield return Case("/mnt /data", $"'/mnt' is a directory, not a bucket; write {Usage}");
        yield return Case("status", "unknown command 'status'; see s3mount --help (a bucket of that name is mounted as s3://status/)");
        yield return Case("status /mnt", "unknown command 'status'; see s3mount --help (a bucket of that name is mounted as s3://status/)");
        yield return Case("unmount /mnt", "unknown command 'unmount'; write s3mount umount MOUNTPOINT (a bucket of that name is mounted as s3://unmount/)");
        yield return Case("b /mnt --nope", "unknown option '--nope'; see s3mount --help");
        yield return Case("b /mnt -x", "unknown option '-x'; see s3mount --help");
        yield return Case("b /mnt --max-cache-size 1M", "--max-cache-size: 1M is too little; give it at least 64MiB");
        yield return Case("b /mnt --metadata-tll 5m", "unknown option '--metadata-tll'; did you mean --metadata-ttl?");
        yield return Case("b /mnt --memmory=5G", "unknown option '--memmory'; did you mean --memory?");
        yield return Case("b /mnt -endpoint-url http://h", "unknown option '-endpoint-url'; did you mean --endpoint-url?");
        yield return Case("b /mnt --nope=5", "unknown option '--nope=5'; see s3mount --help");
        yield return Case("b /mnt --hydrate=maybe", "--hydrate: 'maybe' is neither true nor false");
        yield return Case("b /mnt --config", "--config needs a value: --config FILE");
        yield return Case("config /mnt", "unknown command 'config'; see s3mount --help (a bucket of that name is mounted as s3://config/)");
        yield return Case("b /mnt --memory", "--memory needs a value: --memory SIZE");
        yield return Case("b /mnt --memory --region x", "--memory needs a value: --memory SIZE");
        yield return Case("b /mnt --memory 12XB", "--memory: '12XB' is not a size; write 512MiB or 2GiB");
        yield return Case("b /mnt --memory -5", "--memory: '-5' is not a size; write 512MiB or 2GiB");
        yield return Case("b /mnt --memory 1MiB", "--memory: 1MiB is too little; give it at least 16MiB");
        yield return Case("b /mnt --memory 99999999T", "--memory: '99999999T' is too large");
        yield return Case("b /mnt --metadata-ttl soon", "--metadata-ttl: 'soon' is not a duration; write 90s, 10m, 1h or indefinite");
        yield return Case("b /mnt --negative-metadata-ttl 5x", "--negative-metadata-ttl: '5x' is not a duration; write 90s, 10m, 1h or indefinite");
        yield return Case("b /mnt --io-deadline 31d", "--io-deadline: '31d' is longer than 30d; write indefinite");
        yield return Case("b /mnt --max-connections 0", "--max-connections: '0' is not a number from 1 to 4096");
        yield return Case("b /mnt --max-connections many", "--max-connections: 'many' is not a number from 1 to 4096");
        yield return Case("b /mnt --uid nobody-here", "--uid: there is no user 'nobody-here'; write a name or a number");
        yield return Case("b /mnt --gid 4294967295", "--gid: there is no group '4294967295'; write a name or a number");
        yield return Case("b /mnt --file-mode 0999", "--file-mode: '0999' is not a mode; write three octal digits such as 0440");
        yield return Case("b /mnt --dir-mode 4755", "--dir-mode: '4755' has more than the permission bits 0777");
        foreach (string wrong in (string[])["9400", "localhost", "example.com:9400", "10.0.0.5:", "10.0.0.5:65536", "::1:9400", "[10.0.0.5:1", ":-1", "10.0.0.5:94 00"])
            yield return Case($"b /mnt --metrics-listen={wrong.Replace(' ', '_')}", $"--metrics-listen: '{wrong.Replace(' ', '_')}' is not an address and a port; write :9400, 10.0.0.5:9400, 0.0.0.0:9400 or [::1]:9400");
        yield return Case("b /mnt --price-get free", "--price-get: 'free' is not a price; write a number such as 0.0004");
        yield return Case("b /mnt --price-list=-1", "--price-list: '-1' is not a price; write a number such as 0.0004");
        yield return Case("b /mnt --price-gb 1000001", "--price-gb: '1000001' is not a price; write a number such as 0.0004");
        yield return Case("b /mnt --endpoint-url localhost:9000", "--endpoint-url: 'localhost:9000' is not a URL; write http://HOST:PORT or https://HOST");
        yield return Case("b /mnt --endpoint-url http://h:9000/s3", "--endpoint-url: 'http://h:9000/s3' has more than a host and a port; write http://h:9000");
        yield return Case("b /mnt --endpoint-url https://u:p@h/", "--endpoint-url: 'https://***@h/' has more than a host and a port; write https://h");
        yield return Case("b /mnt --log-level loud", "--log-level: 'loud' is not a log level; write trace, debug, info, warning or error");
        yield return Case("b /mnt --ca-bundle /nowhere/ca.pem", "--ca-bundle: /nowhere/ca.pem cannot be read: no such file or directory");
        yield return Case("b /mnt --allow-other --allow-root", "--allow-other and --allow-root exclude each other; leave one out");
        yield return Case("b/p /mnt --prefix q", "the prefix is given twice: 'b/p' and --prefix; leave one out");
        yield return Case("https://b.s3.amazonaws.com /mnt", "'https://b.s3.amazonaws.com' is not a bucket; write BUCKET[/PREFIX], and name a server with --endpoint-url");
        yield return Case("b:/p /mnt", "'b:/p' is not a bucket; write BUCKET, BUCKET/PREFIX or s3://BUCKET/PREFIX");
        yield return Case("s3:// /mnt", "'s3://' is not a bucket; write BUCKET, BUCKET/PREFIX or s3://BUCKET/PREFIX");
        yield return Case("arn:aws:s3:::b /mnt", "'arn:aws:s3:::b' is an ARN; access points and ARNs are not supported, write the bucket's name");
        yield return Case("b--usw2-az1--x-s3 /mnt", "'b--usw2-az1--x-s3' is a directory bucket; directory buckets are not supported");
        yield return Case("b /mnt -o rw", "-o rw: the bucket is mounted read-only (writing fails with EROFS); write ro or leave it out");
        yield return Case("b /mnt -o suid", "-o suid: s3mount always mounts with nosuid and nodev; leave it out");
        yield return Case("b /mnt -o ro,noexce", "-o noexce: unknown option; see s3mount --help");
        yield return Case("b /mnt -o memory", "-o memory needs a value: -o memory=SIZE");
        yield return Case("b /mnt -o memory=12XB", "-o memory: '12XB' is not a size; write 512MiB or 2GiB");
        yield return Case("b /mnt -o allow_other=maybe", "-o allow_other: 'maybe' is neither true nor false");
        yield return Case("b /mnt -o metadata_tll=5m", "-o metadata_tll: unknown option; did you mean metadata_ttl?");
        yield return Case("b /mnt -o alow-other", "-o alow-other: unknown option; did you mean allow-other?");
        yield return Case("b /mnt -o foreground", "-o foreground: unknown option; see s3mount --help");

        static TestCaseData Case(string line, string error) =>
            new TestCaseData(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), error).SetArgDisplayNames(line);
    }

    [TestCaseSource(nameof(Wrong))]
    public void A_wrong_command_line_is_told_in_one_line(string[] args, string error) => Assert.That(Settings.Error(args), Is.EqualTo(error));

    [Test]
    public void A_prefix_longer_than_a_key_is_refused() =>
        Assert.That(Settings.Error("b/" + new string('ü', 512), "/mnt"), Is.EqualTo("the prefix is longer than a key can be (1024 bytes)"));

    [TestCase("--nope", "unknown option '--nope'; write s3mount status [MOUNTPOINT] [--json]")]
    [TestCase("/a /b", "unexpected argument '/b'; write s3mount status [MOUNTPOINT] [--json]")]
    public void A_wrong_status_is_told_in_one_line(string line, string error) =>
        Assert.That(Assert.Throws<UsageException>(() => StatusCommand.Parse(line.Split(' ')))!.Message, Is.EqualTo(error));

    [TestCase("", "the path is missing; write s3mount refresh PATH [--recursive]")]
    [TestCase("/a /b", "unexpected argument '/b'; write s3mount refresh PATH [--recursive]")]
    [TestCase("/a --all", "unknown option '--all'; write s3mount refresh PATH [--recursive]")]
    public void A_wrong_refresh_is_told_in_one_line(string line, string error) =>
        Assert.That(
            Assert.Throws<UsageException>(() => RefreshCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))!.Message,
            Is.EqualTo(error));

    [Test]
    public void Status_and_refresh_take_their_options_before_and_after() =>
        Assert.That(
            new object[] { StatusCommand.Parse([]), StatusCommand.Parse(["--json", "/a"]), RefreshCommand.Parse(["-r", "/a"]), RefreshCommand.Parse(["/a", "--recursive"]), RefreshCommand.Parse(["a"]) },
            Is.EqualTo(new object[] { new StatusCommand(null, false), new StatusCommand("/a", true), new RefreshCommand("/a", true), new RefreshCommand("/a", true), new RefreshCommand("a", false) }));

    [TestCase("", "the mountpoint is missing; write s3mount umount MOUNTPOINT [--lazy]")]
    [TestCase("/mnt /x", "unexpected argument '/x'; write s3mount umount MOUNTPOINT [--lazy]")]
    [TestCase("/mnt --force", "unknown option '--force'; write s3mount umount MOUNTPOINT [--lazy]")]
    public void A_wrong_umount_is_told_in_one_line(string line, string error) =>
        Assert.That(
            Assert.Throws<UsageException>(() => UmountCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))!.Message,
            Is.EqualTo(error));

    [Test]
    public void Umount_takes_lazy_before_and_after() =>
        Assert.That(
            new[] { UmountCommand.Parse(["--lazy", "/mnt"]), UmountCommand.Parse(["/mnt", "-l"]), UmountCommand.Parse(["/mnt"]) },
            Is.EqualTo(new[] { new UmountCommand("/mnt", true), new UmountCommand("/mnt", true), new UmountCommand("/mnt", false) }));
}
