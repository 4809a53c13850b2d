using System.Security.Cryptography;
using S3Mount.Testing;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests.Packages;

/// <summary>packaging/docker: the image, played; its rules, and what calls the builder.</summary>
[Category("mount")]
[CancelAfter(300_000)]
public sealed class ImageTests
{
    private static readonly Dockerfile _file = Dockerfile.Load(Path.Join(Repository.Root, "packaging/docker/Dockerfile"));

    [Test]
    public async Task The_image_has_all_that_the_program_needs_and_root_mounts_in_it()
    {
        BuiltPackage package = await PackageOfThisRun.GetAsync();
        using var context = new TempDirectory("s3mount-image");
        File.Copy(package.Deb, Path.Join(context.CreateDirectory("out/packages"), Path.GetFileName(package.Deb)));
        using PlayedImage image = await PlayedImage.BuildAsync(_file, context.Path, new Dictionary<string, string> { ["PACKAGE"] = Path.GetFileName(package.Deb) });
        byte[] content = Ramp.Create(3_000_000);
        await using S3TestServer server = await S3TestServer.StartAsync();
        server.CreateBucket("imaged").Put("set/0.bin", content);
        string keys = $"export AWS_ACCESS_KEY_ID={S3ServerOptions.DefaultAccessKey} AWS_SECRET_ACCESS_KEY={S3ServerOptions.DefaultSecretKey} AWS_REGION=us-east-1";
        Directory.CreateDirectory(Path.Join(image.Root.Path, "mnt"));

        // As nobody in particular, who may write nowhere.
        string program = string.Join(' ', image.EntryPoint);
        ChildResult asUser = await image.RunAsync($"""
            {keys}
            {program} --version
            id -u
            ldd /usr/lib/s3mount/s3mount /usr/lib/s3mount/libMonoPosixHelper.so | grep 'not found' || echo all
            {program} doctor imaged/set --quick --endpoint-url {server.Url} | grep -E ' (may list|may read) '
            """);
        Assert.That((asUser.ExitCode, asUser.Error), Is.EqualTo((0, "")), asUser.Output);
        Assert.That(asUser.OutputLines[..3], Is.EqualTo((string[])[$"s3mount {await PackageOfThisRun.VersionAsync()}", "65532", "all"]));
        Assert.That(asUser.OutputLines[3..], Has.Length.EqualTo(2).And.All.StartsWith("  ok "));

        ChildResult asRoot = await image.RunAsync($"""
            {keys}
            {program} -f imaged/set /mnt --endpoint-url {server.Url} 2>/run/log &
            timeout 30 sh -c 'until grep -qs " is mounted at " /run/log; do sleep 0.1; done' || cat /run/log
            sha256sum </mnt/0.bin
            kill $!
            wait $!
            grep -c ' /mnt ' /proc/self/mountinfo || true
            """, user: "0:0");
        Assert.That((asRoot.ExitCode, asRoot.Error), Is.EqualTo((0, "")), asRoot.Output);
        Assert.That(asRoot.OutputLines, Is.EqualTo((string[])[$"{Convert.ToHexStringLower(SHA256.HashData(content))}  -", "0"]));
    }

    /// <summary>What hadolint and its like look for.</summary>
    [Test]
    public void It_is_small_pinned_and_not_roots()
    {
        Assert.That(_file.Of("ARG"), Does.Contain("BASE=debian:12-slim"));
        Assert.That(_file.Of("FROM"), Is.EqualTo((string[])["${BASE}"]));
        Assert.That(_file.Of("USER").Last(), Does.Match("^[1-9][0-9]*:[1-9][0-9]*$"), "by number, for runAsNonRoot");
        Assert.That(_file.Of("ENTRYPOINT").Single(), Does.StartWith("["), "signals reach the program");
        Assert.That(_file.Instructions.Select(one => one.Instruction), Is.All.AnyOf("ARG", "FROM", "COPY", "RUN", "LABEL", "USER", "ENTRYPOINT", "CMD"));
        foreach (string run in _file.Of("RUN").Where(run => run.Contains("apt-get", StringComparison.Ordinal)))
            Assert.That(run, Does.Contain("--no-install-recommends").And.Contain("rm -rf /var/lib/apt/lists/*").And.Contain("apt-get update"));
    }

    [Test]
    public void Of_the_repository_only_the_package_goes_to_the_builder()
    {
        string[] lines = [.. File.ReadLines(Path.Join(Repository.Root, ".dockerignore")).Where(line => line.Length > 0 && line[0] != '#')];
        Assert.That(lines, Is.EqualTo((string[])["*", "!out/packages/*.deb"]));
        Assert.That(_file.Of("COPY"), Is.Empty);
        Assert.That(_file.Of("RUN").Single(), Does.StartWith("--mount=type=bind,source=out/packages,target=/packages ").And.Contain(" /packages/${PACKAGE} "));
    }

    [TestCase("docker", "podman", "docker")]
    [TestCase("podman", "podman", "podman")]
    public async Task It_is_built_by_whichever_builder_answers(string answers, string other, string used)
    {
        using var directory = new TempDirectory("s3mount-builder");
        foreach (string name in (string[])[answers, other])
        {
            directory.Write(name, $"#!/bin/sh\n[ \"$1\" = info ] || echo {name} \"$@\"\n");
            File.SetUnixFileMode(directory[name], (UnixFileMode)0x1ED);
        }
        ChildResult result = await BuildAsync(directory, "s3mount:1", "s3mount_1-1_arm64.deb", "python3-minimal");
        Assert.That(result.EnsureSuccess().Output.Trim(), Is.EqualTo(
            $"{used} build --file packaging/docker/Dockerfile --platform linux/arm64 --tag s3mount:1 --build-arg PACKAGE=s3mount_1-1_arm64.deb --build-arg PACKAGES=python3-minimal ."));
    }

    [Test]
    public async Task Without_a_builder_that_answers_one_line_says_so()
    {
        using var directory = new TempDirectory("s3mount-builder");
        directory.Write("docker", "#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n");
        File.SetUnixFileMode(directory["docker"], (UnixFileMode)0x1ED);
        ChildResult result = await BuildAsync(directory, "--check");
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        Assert.That(result.Error, Does.StartWith("neither docker nor podman answers here: ").And.Match("^[^\n]+\n$"));
    }

    // Of this machine it finds the tools of the script, and no builder.
    private static async Task<ChildResult> BuildAsync(TempDirectory builders, params string[] arguments)
    {
        string tools = builders.CreateDirectory("tools");
        foreach (string tool in (string[])["dirname", "timeout"])
            File.CreateSymbolicLink(Path.Join(tools, tool), $"/usr/bin/{tool}");
        var options = new ChildProcessOptions { Environment = new Dictionary<string, string?> { ["PATH"] = $"{builders.Path}:{tools}" } };
        return await ChildProcess.RunAsync("/bin/bash", [Path.Join(Repository.Root, "packaging/docker/build-image.sh"), .. arguments], options);
    }
}
