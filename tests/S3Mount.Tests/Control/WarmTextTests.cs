using S3Mount.Control.Client;
using S3Mount.FileSystem.Warming;
using S3Mount.Fuse.Mounting;
using S3Mount.Hosting;

namespace S3Mount.Tests.Control;

[TestFixture]
public sealed class WarmTextTests
{
    private static readonly WarmProgress _progress = new()
    {
        Files = 1000,
        Bytes = 100L << 20,
        IsListed = true,
        FetchedFiles = 300,
        FetchedBytes = 40L << 20,
        PresentFiles = 100,
        PresentBytes = 10L << 20,
        AbsentFiles = 0,
        AbsentBytes = 0,
        FailedFiles = 0,
        FailedBytes = 0,
        Failures = [],
    };

    [Test]
    public void The_last_line_says_what_became_of_everything()
    {
        Assert.That(WarmText.Summary(_progress, TimeSpan.FromSeconds(80)), Is.EqualTo("300 files (40.0 MiB) fetched in 1 min 20 s (512.0 KiB/s); 100 files (10.0 MiB) there already"));
        WarmProgress mixed = _progress with { PresentFiles = 0, AbsentFiles = 1, AbsentBytes = 5, FailedFiles = 2000 };
        Assert.That(WarmText.Summary(mixed, TimeSpan.FromSeconds(4)), Is.EqualTo(
            "300 files (40.0 MiB) fetched in 4.0 s (10.0 MiB/s); nothing there already; 1 file (5 B) found no room, as the cache is full of what is in use; 2,000 files failed"));
    }

    [Test]
    public void Progress_has_a_bar_on_a_terminal_and_a_time_left_when_all_is_known()
    {
        Assert.That(WarmText.Line(_progress, 10 << 20, hasBar: true), Is.EqualTo("[############            ]  50 %  400 of 1,000 files, 50.0 MiB of 100.0 MiB, 10.0 MiB/s, 5.0 s left"));
        Assert.That(WarmText.Line(_progress with { IsListed = false }, 10 << 20, hasBar: false), Is.EqualTo(" 50 %  400 of 1,000+ files, 50.0 MiB of 100.0 MiB+, 10.0 MiB/s"));
        Assert.That(WarmText.Line(_progress with { Bytes = 0, FetchedBytes = 0, PresentBytes = 0 }, 0, hasBar: false), Is.EqualTo("  0 %  400 of 1,000 files, 0 B of 0 B, 0 B/s"));
    }

    [Test]
    public void A_check_says_how_much_is_missing() =>
        Assert.That(WarmText.Checked(_progress with { AbsentFiles = 899, FailedFiles = 1 }), Is.EqualTo("100 of 1,000 files cached, 10.0 MiB of 100.0 MiB, 10.0 %; 900 missing"));

    [Test]
    public void Paths_of_a_list_are_below_the_mount_or_relative_to_the_directory()
    {
        var mount = new MountTableEntry(36, "0:77", "/mnt/x", "fuse.s3mount", "s3mount#b", "rw,user_id=0");
        var list = new WarmPathList(new MountedPath(mount, "train"), "/link/train/");
        string[][] batches = [.. list.Batches(["a/b", "", "./c", "/link/train/d", "/mnt/x/val/e"])];
        Assert.That(batches, Is.EqualTo((string[][])[["train/a/b", "train/c", "train/d", "val/e"]]));
        Assert.That(() => new WarmPathList(null, null).Locate("a"), Throws.TypeOf<StartupException>().With.Message.StartsWith("'a' is relative to nothing"));
        string[][] many = [.. list.Batches(Enumerable.Repeat(new string('x', 1000), 50))];
        Assert.That((many.Sum(batch => batch.Length), many.Max(batch => batch.Length)), Is.EqualTo((50, 4)));
    }
}
