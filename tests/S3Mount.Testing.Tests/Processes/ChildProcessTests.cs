using S3Mount.Testing.Processes;

namespace S3Mount.Testing.Tests.Processes;

public sealed class ChildProcessTests
{
    [Test, CancelAfter(30_000)]
    public async Task A_result_tells_exit_code_and_what_was_said(CancellationToken cancellationToken)
    {
        ChildResult result = await ChildProcess.RunAsync("sh", ["-c", "cat; echo wrong >&2; exit 3"], new ChildProcessOptions { Input = "told" }, cancellationToken);
        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((3, "told", "wrong\n")));
        Assert.That(() => result.EnsureSuccess(), Throws.InstanceOf<ChildProcessException>().With.Message.Contains("wrong"));
    }

    [Test, CancelAfter(30_000)]
    public async Task The_environment_is_what_the_options_say(CancellationToken cancellationToken)
    {
        Environment.SetEnvironmentVariable("AWS_PROFILE", "of-the-developer");
        var options = new ChildProcessOptions { Environment = new Dictionary<string, string?> { ["COLOUR"] = "red", ["HOME"] = null } };
        ChildResult result = await ChildProcess.RunAsync("sh", ["-c", "echo ${COLOUR-unset} ${HOME-unset} ${AWS_PROFILE-unset} $PWD"], options, cancellationToken);
        Environment.SetEnvironmentVariable("AWS_PROFILE", null);
        Assert.That(result.Output, Is.EqualTo("red unset unset /\n"));
    }

    [Test, CancelAfter(30_000)]
    public async Task After_the_deadline_the_child_and_its_children_are_killed(CancellationToken cancellationToken)
    {
        var options = new ChildProcessOptions { Deadline = TimeSpan.FromMilliseconds(300), Input = null };
        ChildProcessException? failure = null;
        try
        {
            await ChildProcess.RunAsync("sh", ["-c", "sleep 1000 & echo $!; wait"], options, cancellationToken);
        }
        catch (ChildProcessException exception)
        {
            failure = exception;
        }
        Assert.That(failure?.Message, Does.Contain("0.3 s"));
        int grandchild = int.Parse(failure!.Message.Split('\n')[^2]);
        await EndedAsync(grandchild, cancellationToken);
        Assert.That(IsRunning(grandchild), Is.False);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_child_can_be_waited_for_by_what_it_says(CancellationToken cancellationToken)
    {
        await using ChildProcess child = await ChildProcess.StartAsync("sh", ["-c", "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done"], new ChildProcessOptions { Input = null });
        await child.WaitForOutputAsync("ready", TimeSpan.FromSeconds(10), cancellationToken);
        child.Signal(ProcessSignals.Terminate);
        ChildResult result = await child.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((0, "ready\nbye\n")));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_child_that_ends_too_early_is_named(CancellationToken cancellationToken)
    {
        await using ChildProcess child = await ChildProcess.StartAsync("sh", ["-c", "echo oops >&2"]);
        Assert.That(
            async () => await child.WaitForOutputAsync("ready", TimeSpan.FromSeconds(10), cancellationToken),
            Throws.InstanceOf<ChildProcessException>().With.Message.Contains("ended before it said 'ready'"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_child_can_run_as_another_user(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Ignore("Only root can become another user.");
        ChildResult result = await ChildProcess.RunAsync("id", ["-un"], new ChildProcessOptions { User = "nobody" }, cancellationToken);
        Assert.That(result.EnsureSuccess().Output, Is.EqualTo("nobody\n"));
    }

    // A zombie that waits for its parent has ended too.
    private static bool IsRunning(int processId)
    {
        try
        {
            return !File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task EndedAsync(int processId, CancellationToken cancellationToken)
    {
        while (IsRunning(processId))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
