using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests;

/// <summary>Programs that use a mount. Each has a deadline, after which it and all that it has started are killed.</summary>
internal static class Client
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    /// <summary>One of the scripts in <c>clients</c>; fails unless it ends with 0.</summary>
    public static async Task<ChildResult> PythonAsync(string script, params string[] arguments) =>
        (await TryAsync("/usr/bin/python3", [Script(script), .. arguments])).EnsureSuccess();

    public static async Task<ChildResult> PythonWithInputAsync(string input, string script, params string[] arguments) =>
        (await ChildProcess.RunAsync("/usr/bin/python3", [Script(script), .. arguments], Options(null) with { Input = input }, TestContext.CurrentContext.CancellationToken)).EnsureSuccess();

    /// <summary>With the keys of the bucket's owner.</summary>
    public static async Task PutPolicyAsync(TestBucket bucket, string policy)
    {
        ChildProcessOptions options = Options(null) with { Input = policy, Environment = bucket.Store.Environment };
        (await ChildProcess.RunAsync("/usr/bin/python3", [Script("put_policy.py"), bucket.Store.Url, bucket.Name], options)).EnsureSuccess();
    }

    /// <summary>The same, for a test that talks with it or ends it.</summary>
    public static Task<ChildProcess> StartPythonAsync(string script, params string[] arguments) =>
        ChildProcess.StartAsync("/usr/bin/python3", [Script(script), .. arguments], Options(null) with { Input = null });

    /// <summary>A line of bash, in which $1, $2, ... are the arguments; fails unless it ends with 0.</summary>
    public static async Task<ChildResult> ShellAsync(string line, params string[] arguments) => (await TryShellAsync(line, arguments)).EnsureSuccess();

    public static Task<ChildResult> TryShellAsync(string line, params string[] arguments) => TryAsync("/bin/bash", ["-c", line, "bash", .. arguments]);

    public static Task<ChildResult> TryShellAsUserAsync(string user, string line, params string[] arguments) =>
        TryAsync("/bin/bash", ["-c", line, "bash", .. arguments], user);

    public static Task<ChildProcess> StartAsync(string program, params string[] arguments) =>
        ChildProcess.StartAsync(program, arguments, Options(null) with { Input = null });

    private static Task<ChildResult> TryAsync(string program, string[] arguments, string? user = null) =>
        ChildProcess.RunAsync(program, arguments, Options(user), TestContext.CurrentContext.CancellationToken);

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "clients", name);

    private static ChildProcessOptions Options(string? user) => new()
    {
        Deadline = _deadline,
        User = user,
        Environment = new Dictionary<string, string?>
        {
            ["LC_ALL"] = "C.UTF-8",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            // Workers of a data loader are processes already: more threads in each only fight for the processors.
            ["OMP_NUM_THREADS"] = "1",
        },
    };
}
