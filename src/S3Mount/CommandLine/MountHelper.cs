using System.Text;

namespace S3Mount.CommandLine;

/// <summary>
/// What mount(8) asks of this program under the name <c>mount.s3mount</c>, which is a link to it:
/// <c>mount.s3mount SOURCE TARGET [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]</c> (mount(8), "External helpers"; exec_helper in
/// util-linux's libmount/src/context_mount.c).
/// </summary>
/// <param name="Arguments">The same mount as <see cref="MountCommand"/> writes it; the daemon is started with these.</param>
/// <param name="Fake">Check all that was written, and mount nothing.</param>
/// <param name="Verbose">Say what is run.</param>
internal sealed record MountHelper(string[] Arguments, bool Fake, bool Verbose)
{
    /// <summary>As <c>mount -t s3mount</c> finds it; <c>mount -t fuse.s3mount</c> looks for the second before it asks mount.fuse.</summary>
    private static readonly string[] _names = ["mount.s3mount", "mount.fuse.s3mount"];

    private const string Flags = "sfnvrw";
    private const string Usage = "mount.s3mount BUCKET[/PREFIX] MOUNTPOINT [-sfnv] [-o OPT[,OPT]]";

    /// <param name="name">The name by which the program was called, as it was called.</param>
    public static bool IsCalledAs(string? name) => name is not null && _names.Contains(Path.GetFileName(name));

    /// <summary>The name by which this process was called; a link is not followed.</summary>
    public static string? CalledName()
    {
        // The runtime gives the path of the file that it runs.
        byte[] line = File.ReadAllBytes("/proc/self/cmdline");
        int end = Array.IndexOf(line, (byte)0);
        return end > 0 ? Encoding.UTF8.GetString(line, 0, end) : null;
    }

    /// <summary>The exit code that mount(8) documents for what the program's own means: 1 for wrong usage, 32 for a mount that failed.</summary>
    public static int ExitCode(int own) => own switch
    {
        EntryPoint.Done => 0,
        EntryPoint.WrongUsage => 1,
        _ => 32,
    };

    /// <exception cref="UsageException">With the first thing that is wrong.</exception>
    public static MountHelper Parse(IReadOnlyList<string> args)
    {
        var positions = new List<string>();
        var options = new List<string>();
        var flags = new HashSet<char>();
        for (int i = 0; i < args.Count; i++)
        {
            string arg = args[i];
            if (arg is "-o" or "-t" or "-N")
            {
                string value = ++i < args.Count ? args[i] : throw new UsageException($"{arg} needs a value; write {Usage}");
                Take(arg, value);
            }
            else if (arg.StartsWith("-o", StringComparison.Ordinal))
                Take("-o", arg[2..]);
            else if (arg.Length > 1 && arg[0] == '-' && arg.Skip(1).Any(flag => !Flags.Contains(flag, StringComparison.Ordinal)))
                throw new UsageException($"unknown option '{arg}'; write {Usage}");
            else if (arg.Length > 1 && arg[0] == '-')
                flags.UnionWith(arg[1..]);
            else
                positions.Add(arg);
        }
        if (positions.Count != 2)
            throw new UsageException($"it takes a bucket and a mountpoint; write {Usage}");
        string source = positions[0];
        // No verb, whatever the bucket is called. What looks like a directory is left to the checks that say so.
        bool isName = !source.Contains("://", StringComparison.Ordinal) && source is not ['/' or '.' or '~', ..] and not "";
        // So that mount -a finds the line of fstab in the mount table, and does not mount it again.
        string list = FstabOptions.Join([.. options.Where(item => !flags.Contains('s') || FstabOptions.IsKnown(item)), $"{FstabOptions.SourceName.Name}={source}"]);
        // A file in place of a bucket: as a rule that of several datasets.
        bool isFile = source is ['/', ..] && Path.GetExtension(source) is ".yaml" or ".yml";
        string[] mounted = isFile ? ["--config", source, positions[1]] : [isName ? "s3://" + source : source, positions[1]];
        return new MountHelper([.. mounted, "-o", list], flags.Contains('f'), flags.Contains('v'));

        void Take(string option, string value)
        {
            if (option == "-N")
                throw new UsageException($"-N {value}: s3mount cannot mount in another namespace; write nsenter --mount={value} s3mount BUCKET MOUNTPOINT");
            if (option != "-o")
                return;
            // mount(8) knows no escaped commas: it has taken what follows for options of its own.
            if (value.Contains("\\,", StringComparison.Ordinal))
                throw new UsageException("-o: a value with a comma is written in double quotes for mount(8), as in prefix=\"a,b\"");
            // It adds rw to whatever does not say ro, so that nothing can be told from it: the mount is read-only.
            options.AddRange(FstabOptions.Split(value).Where(item => item != "rw"));
        }
    }
}
