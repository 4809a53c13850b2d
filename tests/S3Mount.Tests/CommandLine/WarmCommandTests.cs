using S3Mount.CommandLine;

namespace S3Mount.Tests.CommandLine;

[TestFixture]
public sealed class WarmCommandTests
{
    [Test]
    public void Warm_takes_a_path_a_list_or_both()
    {
        Assert.That(WarmCommand.Parse(["/mnt/x"]), Is.EqualTo(new WarmCommand("/mnt/x", null, false)));
        Assert.That(WarmCommand.Parse(["--check", "/mnt/x"]), Is.EqualTo(new WarmCommand("/mnt/x", null, true)));
        Assert.That(WarmCommand.Parse(["--from-list", "-"]), Is.EqualTo(new WarmCommand(null, "-", false)));
        Assert.That(WarmCommand.Parse(["/mnt", "--from-list=order.txt"]), Is.EqualTo(new WarmCommand("/mnt", "order.txt", false)));
    }

    [TestCase("", "the path is missing; write s3mount warm PATH [--from-list FILE] [--check]")]
    [TestCase("--check", "the path is missing; write s3mount warm PATH [--from-list FILE] [--check]")]
    [TestCase("/mnt --from-list", "--from-list needs a value: --from-list FILE")]
    [TestCase("/mnt --all", "unknown option '--all'; write s3mount warm PATH [--from-list FILE] [--check]")]
    [TestCase("/mnt /other", "unexpected argument '/other'; write s3mount warm PATH [--from-list FILE] [--check]")]
    public void What_is_wrong_with_warm_is_one_line(string line, string error) =>
        Assert.That(() => WarmCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)), Throws.TypeOf<UsageException>().With.Message.EqualTo(error));

    [Test]
    public void Cache_takes_what_to_do_and_a_directory()
    {
        Assert.That(CacheCommand.Parse(["stats", "dir"]), Is.EqualTo(new CacheCommand(CacheAction.Stats, "dir")));
        Assert.That(CacheCommand.Parse(["verify", "/dir"]), Is.EqualTo(new CacheCommand(CacheAction.Verify, "/dir")));
        Assert.That(CacheCommand.Parse(["clear", "/dir"]), Is.EqualTo(new CacheCommand(CacheAction.Clear, "/dir")));
    }

    [TestCase("", "what of the cache? Write s3mount cache stats|verify|clear DIR")]
    [TestCase("show x", "unknown command 'cache show'; write s3mount cache stats|verify|clear DIR (a bucket of that name is mounted as s3://cache/)")]
    [TestCase("clear", "the directory is missing; write s3mount cache stats|verify|clear DIR")]
    [TestCase("clear --force x", "unknown option '--force'; write s3mount cache stats|verify|clear DIR")]
    [TestCase("stats a b", "unexpected argument 'b'; write s3mount cache stats|verify|clear DIR")]
    public void What_is_wrong_with_cache_is_one_line(string line, string error) =>
        Assert.That(() => CacheCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)), Throws.TypeOf<UsageException>().With.Message.EqualTo(error));

    [Test]
    public void Hydrate_is_an_option_of_fstab_too_and_needs_a_cache()
    {
        Assert.That(Settings.Read("b /mnt --cache /c --hydrate".Split(' ')).Hydrate, Is.True);
        Assert.That(Settings.Read("b /mnt -o ro,cache=/c,hydrate".Split(' ')).Hydrate, Is.True);
        Assert.That(Settings.Read("b /mnt --cache /c".Split(' ')).Hydrate, Is.False);
        Assert.That(() => Settings.Read("b /mnt -o hydrate".Split(' ')), Throws.TypeOf<UsageException>().With.Message.EqualTo("-o hydrate needs a place to bring everything to: --cache DIR"));
    }
}
