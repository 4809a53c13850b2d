using System.Globalization;
using System.Text.Json;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Mounting;

/// <summary>What a daemon holds at one moment. Nobody else looks at the mount meanwhile.</summary>
/// <param name="Resident">Bytes (VmRSS).</param>
/// <param name="Handles">Without connections to the store, the files of a cache, which has its own bound, and the program, of which the runtime opens a handle for each library that it loads.</param>
/// <param name="Threads">Without those that read the files of a cache: each is started when it is first needed, and stays.</param>
/// <param name="Connections">To the store, those included that it has closed and the daemon has not.</param>
/// <param name="Inodes">Known to the kernel.</param>
/// <param name="Blocks">Bytes taken of the memory that <c>--memory</c> allows.</param>
/// <param name="InFlight">Requests of the kernel that are not answered.</param>
internal sealed record DaemonGauges(long Resident, long Handles, long Threads, long Connections, long Inodes, long Blocks, long InFlight)
{
    public static async Task<DaemonGauges> OfAsync(MountedBucket mount)
    {
        ChildResult status = await ProgramUnderTest.RunAsync(["status", mount.Path, "--json"]);
        using var document = JsonDocument.Parse(status.EnsureSuccess().Output);
        JsonElement parts = document.RootElement[0].GetProperty("status");
        int daemon = mount.DaemonId;
        string program = new FileInfo($"/proc/{daemon}/exe").LinkTarget!;
        string[] opened = [.. Directory.EnumerateFiles($"/proc/{daemon}/fd").Select(handle => new FileInfo(handle).LinkTarget).OfType<string>()];
        HashSet<string> local = LocalSockets(daemon);
        return new DaemonGauges(
            NumberIn(daemon, "VmRSS:") << 10,
            opened.Count(target => target != program && !IsConnection(target) && !target.EndsWith(".segment", StringComparison.Ordinal) && !target.EndsWith(".writing", StringComparison.Ordinal)),
            Directory.EnumerateDirectories($"/proc/{daemon}/task").Count(IsCounted),
            opened.Count(IsConnection),
            parts.GetProperty("files").GetProperty("inodes").GetInt64(),
            parts.GetProperty("memory").GetProperty("used").GetInt64(),
            parts.GetProperty("kernel").GetProperty("inFlight").GetInt64());

        bool IsConnection(string target) => target.StartsWith("socket:", StringComparison.Ordinal) && !local.Contains(target);
    }

    /// <summary>The kernel forgets what nobody uses, and with it the daemon: inodes, and the blocks of files.</summary>
    public static Task DropCachesAsync() => Client.ShellAsync("echo 2 > /proc/sys/vm/drop_caches");

    // By the name that /proc/PID/fd has for them; the inode is the seventh field (proc_pid_net(5)). A connection that was reset is in none
    // of the kernel's tables any more, while its handle is open: so all other sockets are those to the store.
    private static HashSet<string> LocalSockets(int daemon) =>
        [.. File.ReadLines($"/proc/{daemon}/net/unix").Skip(1).Select(line => $"socket:[{line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[6]}]")];

    private static bool IsCounted(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")) != "s3mount-disk\n";
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    }

    private static long NumberIn(int daemon, string name)
    {
        string line = File.ReadLines($"/proc/{daemon}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
