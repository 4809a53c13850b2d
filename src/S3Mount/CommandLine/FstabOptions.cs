using System.Text;

namespace S3Mount.CommandLine;

/// <summary>
/// <c>-o OPT[,OPT]</c> as /etc/fstab and mount(8) hand it over: our own options, as <c>metadata-ttl=10m</c> or
/// <c>metadata_ttl=10m</c>, and the words that every file system is given.
/// </summary>
internal static class FstabOptions
{
    /// <summary>True of every s3mount mount, or meant for mount(8) and systemd alone (mount(8), fstab(5), systemd.mount(5)).</summary>
    private static readonly HashSet<string> _ignored = new(StringComparer.Ordinal)
    {
        "ro", "nosuid", "nodev", "exec", "default_permissions",
        "defaults", "auto", "noauto", "nofail", "_netdev", "user", "users", "nouser", "noatime", "nodiratime", "relatime",
    };

    /// <exception cref="UsageException">An option that is not known, or asks for what a read-only mount cannot give.</exception>
    public static void Apply(string list, OptionValues values)
    {
        foreach (string item in Split(list))
        {
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? item : item[..equals];
            ApplyOne(name, equals < 0 ? null : item[(equals + 1)..], values);
        }
    }

    private static void ApplyOne(string name, string? value, OptionValues values)
    {
        if (name.StartsWith("x-", StringComparison.Ordinal) || name == "comment" || (value is null && _ignored.Contains(name)))
            return;
        if (name is "rw")
            throw new UsageException("-o rw: the bucket is mounted read-only (writing fails with EROFS); write ro or leave it out");
        if (name is "suid" or "dev")
            throw new UsageException($"-o {name}: s3mount always mounts with nosuid and nodev; leave it out");
        string dashed = name.Replace('_', '-');
        OptionDefinition option = MountOptions.All.FirstOrDefault(known => known.InFstab && known.Name == dashed)
            ?? throw new UsageException($"-o {name}: unknown option; {Hint(name, dashed)}");
        OptionOrigin origin = OptionOrigin.Fstab(name);
        if (!option.IsFlag && string.IsNullOrEmpty(value))
            throw new UsageException($"{origin.Spelling} needs a value: {origin.Spelling}={option.ValueName}");
        values.Set(option, value ?? FlagText.On, origin);
    }

    private static string Hint(string name, string dashed)
    {
        string? near = Suggestion.For(dashed, MountOptions.All.Where(option => option.InFstab).Select(option => option.Name));
        if (near is null)
            return "see s3mount --help";
        return $"did you mean {(name.Contains('_', StringComparison.Ordinal) ? near.Replace('-', '_') : near)}?";
    }

    /// <summary>At commas; <c>\,</c> is a comma and <c>\\</c> a backslash within a value, as in libfuse.</summary>
    private static IEnumerable<string> Split(string list)
    {
        var item = new StringBuilder();
        for (int i = 0; i < list.Length; i++)
        {
            if (list[i] == '\\' && i + 1 < list.Length)
            {
                item.Append(list[++i]);
            }
            else if (list[i] != ',')
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
        if (item.Length > 0)
            yield return item.ToString();
    }
}
