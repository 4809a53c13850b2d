using System.Text.Json;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests;

/// <summary>s3mount doctor before a real object store, and beside real mounts.</summary>
[Category("mount")]
[CancelAfter(300_000)]
public sealed class DoctorTests : MountTest
{
    [Test]
    public async Task A_real_store_passes_and_the_command_that_it_ends_with_mounts(CancellationToken cancellationToken)
    {
        using TestBucket bucket = await ObjectStores.CreateBucketAsync("examined", cancellationToken);
        await bucket.PutAsync(Enumerable.Range(0, 20).Select(i => ($"data/{i:d2}", new byte[512 << 10])));
        ChildResult text = await ProgramUnderTest.RunAsync(["doctor", $"{bucket.Name}/data", "--endpoint-url", bucket.Store.Url, "--max-connections", "8"], bucket.Store);
        TestContext.Out.WriteLine(text.Output);
        Assert.That((text.ExitCode, text.Error), Is.EqualTo((0, "")), text.Output);
        foreach (string name in (string[])["endpoint", "connection", "clock", "credentials", "region", "may list", "may read", "round trip", "listing", "first byte", "throughput"])
            Assert.That(text.Output, Does.Match($"\n  ok    {name} "));

        // As it is offered, but for the place.
        string line = text.OutputLines[^1].Trim();
        Assert.That(line, Does.StartWith($"s3mount {bucket.Name}/data /mnt/{bucket.Name} "));
        string[] arguments = line.Split(' ')[3..];
        MountedBucket mount = await MountAsync(new MountSetup { Store = bucket.Store, Target = $"{bucket.Name}/data", Arguments = WithoutCache(arguments) });
        Assert.That((await Client.ShellAsync("ls $1 | wc -l", mount.Path)).Output.Trim(), Is.EqualTo("20"));
        await mount.EndAsync();
    }

    [Test]
    public async Task A_dead_mount_is_named_with_what_clears_it(CancellationToken cancellationToken)
    {
        using TestBucket bucket = await ObjectStores.CreateBucketAsync("examined-dead", cancellationToken);
        await bucket.PutAsync("a", "a");
        MountedBucket mount = await MountAsync(bucket);
        ProcessSignals.Send(mount.DaemonId, ProcessSignals.Kill);
        await Eventually.IsTrueAsync(() => DaemonProcesses.Of(mount.Path).Count == 0, TimeSpan.FromSeconds(10), "it is dead");
        ChildResult result = await ProgramUnderTest.RunAsync(["doctor", "--json"]);
        using var document = JsonDocument.Parse(result.Output);
        JsonElement check = document.RootElement.GetProperty("checks").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "other mounts");
        Assert.That(check.GetProperty("outcome").GetString(), Is.EqualTo("warning"));
        Assert.That(check.GetProperty("detail").GetString(), Does.Contain(mount.Path));
        Assert.That(check.GetProperty("advice").GetString(), Does.Contain("s3mount umount "));
        await mount.AbandonAsync();
    }

    [Test]
    public async Task A_user_is_told_what_mounting_needs()
    {
        ChildResult result = await ProgramUnderTest.RunAsync(["doctor", "--json"], user: "nobody");
        using var document = JsonDocument.Parse(result.Output);
        string[] names = [.. document.RootElement.GetProperty("checks").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];
        Assert.That(names, Is.SupersetOf(new[] { "kernel", "/dev/fuse", "privileges", "fusermount3", "--allow-other" }));
        JsonElement fusermount = document.RootElement.GetProperty("checks").EnumerateArray().Single(one => one.GetProperty("name").GetString() == "fusermount3");
        Assert.That(fusermount.GetProperty("detail").GetString(), Does.Match("^/[a-z/]+/fusermount3, with its set-user-ID bit$"));
    }

    private static string[] WithoutCache(string[] arguments)
    {
        int cache = Array.IndexOf(arguments, "--cache");
        return cache < 0 ? arguments : [.. arguments[..cache], .. arguments[(cache + 2)..]];
    }
}
