using System.Text;

namespace S3Mount.CommandLine;

/// <summary>
/// <c>-o OPT[,OPT]</c> as /etc/fstab and mount(8) hand it over: our own options, as <c>metadata-ttl=10m</c> or
/// <c>metadata_ttl=10m</c>, and the words that every file system is given.
/// </summary>
internal static class FstabOptions
{
    /// <summary>Programs of the mount may not be run; mount(8) adds it to <c>user</c>.</summary>
    public static readonly OptionDefinition NoExec = new("noexec", null, "no program is run from there");

    /// <summary>The name that libfuse has for it; <see cref="MountHelper"/> gives it.</summary>
    public static readonly OptionDefinition SourceName = new("fsname", "NAME", "what the mount table shows as the source");

    /// <summary>True of every s3mount mount, or meant for mount(8) and systemd alone (mount(8), fstab(5), systemd.mount(5)).</summary>
    private static readonly HashSet<string> _ignored = new(StringComparer.Ordinal)
    {
        "ro", "nosuid", "nodev", "exec", "default_permissions",
        "defaults", "auto", "noauto", "nofail", "_netdev",
        "user", "users", "nouser", "group", "nogroup", "owner", "noowner",
        "async", "atime", "noatime", "diratime", "nodiratime", "relatime", "norelatime", "strictatime", "nostrictatime", "lazytime", "nolazytime", "silent", "loud",
    };

    /// <summary>Likewise, with a value.</summary>
    private static readonly HashSet<string> _ignoredWithValue = new(StringComparer.Ordinal) { "comment", "user", "uhelper" };

    /// <exception cref="UsageException">An option that is not known, or asks for what a read-only mount cannot give.</exception>
    public static void Apply(string list, OptionValues values)
    {
        foreach (string item in Split(list))
        {
            (string name, string? value) = Parts(item);
            ApplyOne(name, value, values);
        }
    }

    /// <summary>Whether it is ours, or one that every file system is given; also one that is refused with a reason.</summary>
    public static bool IsKnown(string item)
    {
        (string name, string? value) = Parts(item);
        return IsIgnored(name, value) || name is "rw" or "suid" or "dev" or "remount" || Find(name) is not null;
    }

    /// <summary>
    /// At commas; <c>\,</c> is a comma and <c>\\</c> a backslash within a value, as in libfuse, and a value may stand in double quotes, as
    /// in mount(8).
    /// </summary>
    public static IEnumerable<string> Split(string list)
    {
        var item = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < list.Length; i++)
        {
            if (list[i] == '"' && (quoted || (i > 0 && list[i - 1] == '=')))
            {
                quoted = !quoted;
            }
            else if (list[i] == '\\' && i + 1 < list.Length)
            {
                item.Append(list[++i]);
            }
            else if (list[i] != ',' || quoted)
            {
                item.Append(list[i]);
            }
            else
            {
                if (item.Length > 0)
                    yield return item.ToString();
                item.Clear();
            }
        }
        if (quoted)
            throw new UsageException($"-o {item}: the closing double quote is missing");
        if (item.Length > 0)
            yield return item.ToString();
    }

    /// <summary>A list that <see cref="Split"/> takes apart into these.</summary>
    public static string Join(IEnumerable<string> items) => string.Join(',', items.Select(Escape));

    private static string Escape(string item) =>
        item.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static (string Name, string? Value) Parts(string item)
    {
        int equals = item.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (item, null) : (item[..equals], item[(equals + 1)..]);
    }

    private static bool IsIgnored(string name, string? value) =>
        name.StartsWith("x-", StringComparison.OrdinalIgnoreCase) || (value is null ? _ignored : _ignoredWithValue).Contains(name);

    private static OptionDefinition? Find(string name)
    {
        string dashed = name.Replace('_', '-');
        return MountOptions.All.Append(NoExec).Append(SourceName).FirstOrDefault(known => known.InFstab && known.Name == dashed);
    }

    private static void ApplyOne(string name, string? value, OptionValues values)
    {
        // The last of the two counts (mount(8)).
        if (name is "exec" && value is null)
            values.Set(NoExec, FlagText.Off, OptionOrigin.Fstab(name));
        if (IsIgnored(name, value))
            return;
        if (name is "rw")
            throw new UsageException("-o rw: the bucket is mounted read-only (writing fails with EROFS); write ro or leave it out");
        if (name is "suid" or "dev")
            throw new UsageException($"-o {name}: s3mount always mounts with nosuid and nodev; leave it out");
        if (name is "remount")
            throw new UsageException("-o remount: the options of a mount cannot be changed; unmount it and mount it again");
        OptionDefinition option = Find(name) ?? throw new UsageException($"-o {name}: unknown option; {Hint(name)}");
        OptionOrigin origin = OptionOrigin.Fstab(name);
        if (!option.IsFlag && string.IsNullOrEmpty(value))
            throw new UsageException($"{origin.Spelling} needs a value: {origin.Spelling}={option.ValueName}");
        values.Set(option, value ?? FlagText.On, origin);
    }

    private static string Hint(string name)
    {
        string? near = Suggestion.For(name.Replace('_', '-'), MountOptions.All.Where(option => option.InFstab).Select(option => option.Name));
        if (near is null)
            return "see s3mount --help";
        return $"did you mean {(name.Contains('_', StringComparison.Ordinal) ? near.Replace('-', '_') : near)}?";
    }
}
