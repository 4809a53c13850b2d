using S3Mount.CommandLine;

namespace S3Mount.Configuration.Layers;

/// <summary>
/// <c>S3MOUNT_METADATA_TTL=10m</c>: every option has a variable. An empty one is none. Others that begin so are not looked at: the tests and
/// the start of the daemon have some, and Kubernetes makes some for a service that is called s3mount.
/// </summary>
internal static class EnvironmentLayer
{
    private static readonly OptionDefinition[] _options = [.. MountOptions.Keys, MountOptions.Config];

    /// <exception cref="UsageException">A flag is neither true nor false.</exception>
    public static OptionValues Read(Func<string, string?> environment)
    {
        var values = new OptionValues();
        foreach (OptionDefinition option in _options)
        {
            if (environment(OptionOrigin.VariableOf(option)) is { Length: > 0 } text)
                values.Set(option, text, OptionOrigin.Variable(option));
        }
        return values;
    }

    /// <summary>A line for each of the names that is likely meant for an option and is none.</summary>
    public static IEnumerable<string> Misspelt(IEnumerable<string> names)
    {
        string[] known = [.. _options.Select(OptionOrigin.VariableOf)];
        foreach (string name in names.Where(name => name.StartsWith(OptionOrigin.VariablePrefix, StringComparison.Ordinal) && !known.Contains(name)).Order(StringComparer.Ordinal))
        {
            if (Suggestion.For(name[OptionOrigin.VariablePrefix.Length..], known.Select(variable => variable[OptionOrigin.VariablePrefix.Length..])) is { } near)
                yield return $"{name} is not looked at; did you mean {OptionOrigin.VariablePrefix}{near}?";
        }
    }
}
