using System.Globalization;
using System.Text.Json.Nodes;
using S3Mount.MountTests.Mounting;
using S3Mount.Testing;
using S3Mount.Testing.Kubernetes;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Kubernetes;

/// <summary>
/// Plays a node of a cluster with one pod: a mount namespace with the pod's volumes, open to all as the kubelet makes them, and containers in
/// namespaces of their own. All of it ends with this.
/// </summary>
internal sealed class PodNode : IAsyncDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _life = TimeSpan.FromSeconds(110);

    private readonly TempDirectory _directory;
    private readonly ChildProcess _process;
    private readonly List<PodContainer> _containers = [];

    private PodNode(TempDirectory directory, ChildProcess process) => (_directory, _process) = (directory, process);

    /// <summary>Of the process that keeps the node's namespace.</summary>
    public int ProcessId => _process.Id;

    public static async Task<PodNode> CreateAsync()
    {
        var directory = new TempDirectory("s3mount-node");
        directory.CreateDirectory("volumes");
        directory.CreateDirectory("roots");
        // Shared as systemd makes a machine's root. What else this machine has mounted is not held on to.
        const string Begin = """
            mount --make-rprivate /
            awk '$3 == "fuse.s3mount" { print $2 }' /proc/self/mounts | xargs -r umount -l
            mount --bind "$1" "$1"
            mount --make-shared "$1"
            echo ready
            read -r
            """;
        ChildProcess process = await ChildProcess.StartAsync(
            "unshare", ["--mount", "bash", "-euc", Begin, "bash", directory["volumes"]], new ChildProcessOptions { Deadline = _life, Input = null });
        await process.WaitForOutputAsync("ready", _deadline);
        return new PodNode(directory, process);
    }

    /// <summary>The mounts of s3mount that the node has.</summary>
    public string[] Mounts => [.. File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{ProcessId}/mounts")).Where(line => line.Contains($" {_directory.Path}/", StringComparison.Ordinal) && line.Contains(" fuse.s3mount ", StringComparison.Ordinal))];

    /// <summary>Starts a container of a pod as its manifest says.</summary>
    /// <param name="options">What a test has otherwise.</param>
    public async Task<PodContainer> StartAsync(PodSpec pod, string name, PodContainerOptions options)
    {
        JsonObject container = pod.Container(name);
        JsonNode? security = container["securityContext"];
        string user = $"{security?["runAsUser"] ?? pod.Spec["securityContext"]?["runAsUser"]}";
        List<string> arguments =
        [
            string.Create(CultureInfo.InvariantCulture, $"--mount=/proc/{ProcessId}/ns/mnt"), "unshare", "--mount", "--propagation", "unchanged", "--pid", "--fork", "--kill-child",
            "bash", Path.Combine(AppContext.BaseDirectory, "clients/container.sh"),
            _directory.CreateDirectory($"roots/{_containers.Count}"), PodSpec.IsPrivileged(container) ? "privileged" : $"{user}:{user}", options.Cgroup ?? "-",
        ];
        foreach (JsonObject mount in PodSpec.MountsOf(container))
            arguments.AddRange([(string)mount["mountPath"]!, VolumeOf(pod, (string)mount["name"]!, options), (string?)mount["mountPropagation"] ?? "None", (bool?)mount["readOnly"] == true ? "ro" : "rw"]);
        Dictionary<string, string?> environment = new(options.Environment) { ["PROGRAM"] = Path.GetDirectoryName(ProgramUnderTest.Path) };
        ChildProcess process = await ChildProcess.StartAsync(
            "nsenter", [.. arguments, "--", .. options.Command ?? PodSpec.CommandOf(container)], new ChildProcessOptions { Deadline = _life, Environment = environment, Input = null });
        var started = new PodContainer(process);
        _containers.Add(started);
        return started;
    }

    /// <summary>What the kubelet does when the pod has ended: fails where something is mounted still.</summary>
    public async Task RemoveVolumesAsync() => (await ChildProcess.RunAsync(
        "nsenter", [string.Create(CultureInfo.InvariantCulture, $"--mount=/proc/{ProcessId}/ns/mnt"), "find", _directory["volumes"], "-mindepth", "1", "-delete"])).EnsureSuccess();

    public async ValueTask DisposeAsync()
    {
        foreach (PodContainer container in _containers)
        {
            if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
                await TestContext.Out.WriteLineAsync($"--- a container\n{container.Process.Output}{container.Process.Error}");
            await container.Process.DisposeAsync();
        }
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    private string VolumeOf(PodSpec pod, string name, PodContainerOptions options)
    {
        string path = _directory[$"volumes/{name}"];
        if (Directory.Exists(path))
            return path;
        Directory.CreateDirectory(path);
        // 0777 of an emptyDir, 0755 of a directory of the node; whatever the umask is.
        File.SetUnixFileMode(path, pod.Volume(name)["hostPath"] is null ? (UnixFileMode)0x1FF : (UnixFileMode)0x1ED);
        foreach ((string file, string text) in pod.FilesOf(pod.Volume(name)) ?? new Dictionary<string, string>())
            File.WriteAllText(Path.Join(path, file), options.Edit(text));
        return path;
    }
}
