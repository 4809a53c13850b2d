using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Mounting;

/// <summary>The <c>s3mount</c> that users run: <c>S3MOUNT_PROGRAM</c>, else the one that was built beside the tests.</summary>
internal static class ProgramUnderTest
{
    public const string Variable = "S3MOUNT_PROGRAM";

    // A start takes half a second; a store in trouble is given 30 s by the program itself.
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private static readonly Lazy<string> _path = new(Find);

    public static string Path => _path.Value;

    /// <param name="cgroup">The cgroup.procs of the cgroup in which it runs.</param>
    public static Task<ChildResult> RunAsync(IEnumerable<string> arguments, StoreAddress? store = null, string? user = null, IReadOnlyDictionary<string, string?>? environment = null, string? cgroup = null)
    {
        string[] command = Command(arguments, cgroup);
        return ChildProcess.RunAsync(command[0], command[1..], Options(store, user, environment), TestContext.CurrentContext.CancellationToken);
    }

    public static Task<ChildProcess> StartAsync(IEnumerable<string> arguments, StoreAddress? store = null, string? user = null, IReadOnlyDictionary<string, string?>? environment = null, string? cgroup = null)
    {
        string[] command = Command(arguments, cgroup);
        return ChildProcess.StartAsync(command[0], command[1..], Options(store, user, environment));
    }

    // The shell goes there and becomes the program.
    private static string[] Command(IEnumerable<string> arguments, string? cgroup) =>
        cgroup is null ? [Path, .. arguments] : ["/bin/sh", "-c", "echo 0 > \"$0\" && exec \"$@\"", cgroup, Path, .. arguments];

    private static ChildProcessOptions Options(StoreAddress? store, string? user, IReadOnlyDictionary<string, string?>? environment)
    {
        Dictionary<string, string?> variables = store?.Environment ?? [];
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
            variables[name] = value;
        return new ChildProcessOptions { Deadline = _deadline, Environment = variables, User = user };
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return File.Exists(named) ? System.IO.Path.GetFullPath(named) : throw new FileNotFoundException($"{Variable} names {named}, which does not exist");
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(System.IO.Path.Join(root.FullName, "s3mount.sln")))
            root = root.Parent;
        string bin = System.IO.Path.Join(root?.FullName, "src/S3Mount/bin");
        // First the configuration in which the tests themselves were built, which built the program too.
        string own = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        string[] candidates = [.. new[] { own, "Release", "Debug" }.Select(configuration => System.IO.Path.Join(bin, configuration, "net10.0/s3mount"))];
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"there is no program to test: neither {Variable} nor {bin}/*/net10.0/s3mount; run make build, or dotnet build src/S3Mount");
    }
}
