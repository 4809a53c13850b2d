using System.Text.Json;
using S3Mount.Testing.Processes;

namespace S3Mount.MountTests.Packages;

/// <summary>
/// What a builder would make of a Dockerfile, for the instructions that ours has, where there is no builder: its base is a Debian of the tests' own.
/// What <c>apt-get install</c> asks for must be there, or in the context; nothing comes from the network.
/// </summary>
internal sealed class PlayedImage : IDisposable
{
    // In the place of apt-get, for as long as the image is built.
    private const string AptGet = """
        #!/bin/bash
        while [ $# -gt 0 ]; do
            case $1 in
                -*) ;;
                update | install) ;;
                *.deb) dpkg -i "$1" >/dev/null || exit 100 ;;
                *) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1")" = installed ] || exit 100 ;;
            esac
            shift
        done
        """;

    private const string Bound = "--mount=type=bind,";

    private readonly Dictionary<string, string> _values = [];

    private PlayedImage(DebianRoot root) => Root = root;

    public DebianRoot Root { get; }

    /// <summary>UID:GID.</summary>
    public string User { get; private set; } = "0:0";

    public string[] EntryPoint { get; private set; } = [];

    /// <param name="context">The directory that is built.</param>
    /// <param name="arguments"><c>--build-arg</c>.</param>
    public static async Task<PlayedImage> BuildAsync(Dockerfile file, string context, IReadOnlyDictionary<string, string> arguments)
    {
        var image = new PlayedImage(await DebianRoot.CreateAsync());
        try
        {
            image.Root.Write("usr/local/sbin/apt-get", AptGet);
            File.SetUnixFileMode(Path.Join(image.Root.Path, "usr/local/sbin/apt-get"), (UnixFileMode)0x1ED);
            foreach ((string instruction, string text) in file.Instructions)
                await image.PlayAsync(instruction, text, context, arguments);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Runs a script in it with a root that cannot be written: as its user without any privilege, or as root with CAP_SYS_ADMIN alone.</summary>
    public Task<ChildResult> RunAsync(string script, string? user = null)
    {
        string[] ids = (user ?? User).Split(':');
        Root.Write("script", script);
        string kept = ids[0] == "0" ? ",+sys_admin" : "";
        return Root.RunAsync($"mount -o remount,bind,ro / && exec setpriv --reuid={ids[0]} --regid={ids[1]} --clear-groups --bounding-set=-all{kept} --inh-caps=-all{kept} --no-new-privs -- bash -eu /script");
    }

    public void Dispose() => Root.Dispose();

    private async Task PlayAsync(string instruction, string text, string context, IReadOnlyDictionary<string, string> arguments)
    {
        switch (instruction)
        {
            case "ARG":
                string[] pair = text.Split('=', 2);
                _values[pair[0]] = arguments.GetValueOrDefault(pair[0], pair.Length > 1 ? pair[1] : "");
                break;
            case "FROM":
                Assert.That(Dockerfile.Expand(text, _values), Is.EqualTo("debian:12-slim"), "what is played is Debian 12, once");
                break;
            case "RUN":
                await RunStepAsync(text, context);
                break;
            case "USER":
                User = text;
                break;
            case "ENTRYPOINT":
                EntryPoint = JsonSerializer.Deserialize<string[]>(text)!;
                break;
            case "CMD" or "LABEL":
                break;
            default:
                throw new InvalidDataException($"{instruction} is not played here");
        }
    }

    private async Task RunStepAsync(string text, string context)
    {
        string? target = null;
        if (text.StartsWith(Bound, StringComparison.Ordinal))
        {
            string[] words = text.Split(' ', 2);
            Dictionary<string, string> mount = words[0][Bound.Length..].Split(',').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
            (target, text) = (Root.Path + mount["target"], words[1]);
            (await ChildProcess.RunAsync("cp", ["-a", Path.Join(context, mount["source"]), target])).EnsureSuccess();
        }
        // What ARG has said is in the environment.
        string exports = string.Join('\n', _values.Select(value => $"export {value.Key}='{value.Value}'"));
        (await Root.RunAsync($"{exports}\n{text}")).EnsureSuccess();
        if (target is not null)
            Directory.Delete(target, recursive: true);
    }
}
