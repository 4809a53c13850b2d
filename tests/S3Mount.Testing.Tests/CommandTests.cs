using S3Mount.Testing.Datasets;
using S3Mount.Testing.Processes;

namespace S3Mount.Testing.Tests;

/// <summary>The verbs of the executable, as processes of their own.</summary>
public sealed class CommandTests
{
    private static readonly string _program = typeof(S3Uploader).Assembly.Location;

    [Test, CancelAfter(60_000)]
    public async Task Serve_serves_until_it_is_told_to_end([Values] bool bySignal, CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["sub"]);
        directory.Write("sub/file", "content");
        string[] arguments =
        [
            _program, "serve", "--bucket", "data", "--anonymous", "--dataset", "imagefolder:2:6", "--prefix", "train/", "--ramp", "ramp:1MiB:4",
            "--ramp-list", directory.Write("list", "one\t1000\ntwo\t2000\t7\nthree\t3000\t8\tCrc32C\n"), "--tree", directory["sub"], "--synthetic", "in/=classes:2:10",
            "--ready-file", directory["ready"], "--until-stdin-closes",
        ];
        await using ChildProcess child = await ChildProcess.StartAsync("dotnet", arguments, new ChildProcessOptions { Input = null });
        string url = (await child.WaitForOutputAsync("\n", TimeSpan.FromSeconds(30), cancellationToken)).Trim();
        Assert.That(await File.ReadAllTextAsync(directory["ready"], cancellationToken), Is.EqualTo(url + "\n"));

        using var http = new HttpClient();
        foreach (DatasetFile file in new ImageFolderDataset(2, 6).ToArray())
            Assert.That(await http.GetByteArrayAsync($"{url}/data/train/{file.Name}", cancellationToken), Is.EqualTo(file.Bytes));
        byte[] ramp = await http.GetByteArrayAsync($"{url}/data/train/ramp", cancellationToken);
        Assert.That((ramp.Length, Ramp.FirstDifference(ramp, 0, 4)), Is.EqualTo((1 << 20, -1L)));

        byte[] listed = await http.GetByteArrayAsync($"{url}/data/train/two", cancellationToken);
        Assert.That((listed.Length, Ramp.FirstDifference(listed, 0, 7)), Is.EqualTo((2000, -1L)));
        Assert.That(await ChecksumHeadersAsync(http, $"{url}/data/train/two", cancellationToken), Is.Empty);
        Assert.That(await ChecksumHeadersAsync(http, $"{url}/data/train/three", cancellationToken), Does.Contain("x-amz-checksum-crc32c"));
        Assert.That(await http.GetStringAsync($"{url}/data/train/sub/file", cancellationToken), Is.EqualTo("content"));

        string listing = await http.GetStringAsync($"{url}/data?list-type=2&prefix=train/in/", cancellationToken);
        Assert.That(listing, Does.Contain("<KeyCount>10</KeyCount>").And.Contain("<Key>train/in/n01"));

        if (bySignal)
            child.Signal(ProcessSignals.Terminate);
        else
            child.CloseInput();
        Assert.That((await child.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken)).ExitCode, Is.Zero);
    }

    private static async Task<string[]> ChecksumHeadersAsync(HttpClient http, string url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { { "x-amz-checksum-mode", "ENABLED" } } };
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        return [.. response.Headers.Select(header => header.Key).Where(name => name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase))];
    }

    [Test, CancelAfter(60_000)]
    public async Task Verify_finds_what_differs(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        (await RunAsync(["imagefolder", directory.Path, "2", "6"], cancellationToken)).EnsureSuccess();
        ChildResult good = await RunAsync(["verify", directory.Path, "2", "6"], cancellationToken);
        Assert.That((good.ExitCode, good.Output), Is.EqualTo((0, $"2 classes, 6 images, {new ImageFolderDataset(2, 6).ToArray().Sum(file => file.Bytes.Length)} bytes, 0 differences\n")));

        DatasetFile changed = new ImageFolderDataset(2, 6)[3];
        byte[] bytes = [.. changed.Bytes];
        bytes[700]++;
        await File.WriteAllBytesAsync(directory[changed.Name], bytes, cancellationToken);
        File.Delete(directory[new ImageFolderDataset(2, 6)[5].Name]);
        directory.Write("stray", "");
        ChildResult bad = await RunAsync(["verify", directory.Path, "2", "6"], cancellationToken);
        Assert.That(bad.ExitCode, Is.EqualTo(1));
        Assert.That(bad.Error, Does.Contain($"{changed.Name}: differs from byte 700 on").And.Contain("stray: is not of the dataset").And.Contain("Could not find file"));
        Assert.That(bad.Output, Does.EndWith("3 differences\n"));
    }

    [TestCase("x")]
    [TestCase("serve --nonsense")]
    [TestCase("serve --port")]
    [TestCase("serve --dataset photos:1:2")]
    [TestCase("serve --synthetic photos:1")]
    [TestCase("serve --synthetic classes:10:5")]
    [TestCase("imagefolder dir 3")]
    [CancelAfter(60_000)]
    public async Task Wrong_usage_is_said_in_one_go(string words, CancellationToken cancellationToken)
    {
        ChildResult result = await RunAsync(words.Split(' '), cancellationToken);
        Assert.That((result.ExitCode, result.Error.Length > 0, result.Error.Contains("   at ")), Is.EqualTo((2, true, false)));
    }

    private static Task<ChildResult> RunAsync(string[] arguments, CancellationToken cancellationToken) =>
        ChildProcess.RunAsync("dotnet", [_program, .. arguments], cancellationToken: cancellationToken);
}
