using System.Diagnostics;

namespace S3Mount.Testing.Tests;

[Category("radosgw")]
public sealed class RadosGatewayTests
{
    [Test, CancelAfter(240_000)]
    public async Task A_gateway_takes_objects_and_leaves_nothing_behind(CancellationToken cancellationToken)
    {
        if (RadosGateway.MissingPrograms.Count > 0)
            Assert.Ignore($"Not installed: {string.Join(", ", RadosGateway.MissingPrograms)}.");
        string directory;
        await using (RadosGateway gateway = await RadosGateway.StartAsync(cancellationToken))
        {
            directory = gateway.DirectoryPath;
            using S3Uploader uploader = gateway.CreateUploader();
            await uploader.CreateBucketAsync("bucket", cancellationToken);
            string etag = await uploader.PutAsync("bucket", "/a//b c", "hello"u8.ToArray(), cancellationToken);
            string composite = await uploader.PutRampAsync("bucket", "large", 70_000_000, cancellationToken: cancellationToken);
            Assert.That((etag, composite[^2..]), Is.EqualTo(("5d41402abc4b2a76b9719d911017c592", "-3")));
            Assert.That(DaemonsUnder(directory), Is.SupersetOf(["ceph-mon", "ceph-osd", "radosgw"]));
        }
        Assert.That(DaemonsUnder(directory), Is.Empty);
        Assert.That(Directory.Exists(directory), Is.False);
    }

    // Names of the processes whose command line names the directory.
    private static string[] DaemonsUnder(string directory) =>
        [.. Process.GetProcesses().Where(process => CommandLine(process.Id).Contains(directory, StringComparison.Ordinal)).Select(process => process.ProcessName)];

    private static string CommandLine(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/cmdline");
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return "";
        }
    }
}
