using System.Globalization;
using S3Mount.Testing;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Mounting;

/// <summary>A terminal with a shell in it, as a user has one: keys go in, and what stands on the screen comes out. A tmux of its own.</summary>
internal sealed class TerminalWindow : IAsyncDisposable
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);

    private readonly TempDirectory _directory = new("s3mount-terminal");

    private TerminalWindow()
    {
    }

    public static async Task<TerminalWindow> OpenAsync(int width, int height)
    {
        var window = new TerminalWindow();
        // The prompt has to be told from the line that sets it.
        await window.TmuxAsync("new-session", "-d", "-x", Text(width), "-y", Text(height), "env PS1='ready> ' bash --norc --noprofile --noediting");
        await window.ShowsAsync(screen => screen.Contains("ready>", StringComparison.Ordinal), "a prompt");
        return window;
    }

    /// <summary>Presses keys, as tmux names them; text is typed as it is.</summary>
    public Task PressAsync(params string[] keys) => TmuxAsync(["send-keys", .. keys]);

    public Task ResizeAsync(int width, int height) => TmuxAsync("resize-window", "-x", Text(width), "-y", Text(height));

    /// <summary>What stands on it, line by line.</summary>
    public async Task<string> ScreenAsync() => await TmuxAsync("capture-pane", "-p");

    /// <summary>Whether it shows another screen than that of the shell, whether there is a cursor, and whether long lines go on in the next.</summary>
    public async Task<(bool IsOther, bool HasCursor, bool Wraps)> ModesAsync()
    {
        string[] modes = (await TmuxAsync("display-message", "-p", "#{alternate_on} #{cursor_flag} #{wrap_flag}")).Trim().Split(' ');
        return (modes[0] == "1", modes[1] == "1", modes[2] == "1");
    }

    /// <summary>The screen, as soon as it is so.</summary>
    public async Task<string> ShowsAsync(Func<string, bool> condition, string what)
    {
        string screen = "";
        try
        {
            await Eventually.IsTrueAsync(async () => condition(screen = await ScreenAsync()), _deadline, what);
        }
        finally
        {
            if (!condition(screen))
                await TestContext.Out.WriteLineAsync($"--- the terminal, when it was to show {what}:\n{screen}");
        }
        return screen;
    }

    public async ValueTask DisposeAsync()
    {
        await ChildProcess.RunAsync("tmux", ["-S", _directory["tmux"], "kill-server"]);
        _directory.Dispose();
    }

    private async Task<string> TmuxAsync(params string[] arguments)
    {
        // -f: no settings of whoever runs the tests.
        var options = new ChildProcessOptions { Environment = new Dictionary<string, string?> { ["LC_ALL"] = "C.UTF-8", ["TERM"] = "xterm", ["NO_COLOR"] = null, ["TMUX"] = null } };
        ChildResult result = await ChildProcess.RunAsync("tmux", ["-u", "-f", "/dev/null", "-S", _directory["tmux"], .. arguments], options, TestContext.CurrentContext.CancellationToken);
        return result.EnsureSuccess().Output;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
