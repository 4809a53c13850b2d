using System.Globalization;

namespace S3Mount.CommandLine;

/// <summary>Where a value was written.</summary>
/// <param name="Place">For the list of what is in force, such as <c>imagenet.yaml:3</c> or <c>command line</c>.</param>
/// <param name="Spelling">As it stands there, the beginning of an error line, such as <c>--memory</c> or <c>imagenet.yaml:3: memory</c>.</param>
internal sealed record OptionOrigin(OptionLayer Layer, string Place, string Spelling)
{
    /// <summary>Of variables that set options: <c>S3MOUNT_METADATA_TTL</c>.</summary>
    public const string VariablePrefix = "S3MOUNT_";

    public static OptionOrigin CommandLine(OptionDefinition option) => new(OptionLayer.CommandLine, "command line", option.LongName);

    /// <param name="name">In the spelling of the list.</param>
    public static OptionOrigin Fstab(string name) => new(OptionLayer.Fstab, "-o", "-o " + name);

    public static OptionOrigin Variable(OptionDefinition option) => new(OptionLayer.Environment, VariableOf(option), VariableOf(option));

    /// <param name="file">As its name was written.</param>
    public static OptionOrigin File(string file, int line, string key)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"{file}:{line}");
        return new OptionOrigin(OptionLayer.File, place, $"{place}: {key}");
    }

    public static string VariableOf(OptionDefinition option) => VariablePrefix + option.Name.ToUpperInvariant().Replace('-', '_');

    /// <summary>How another option is written in the same place, such as <c>--cache DIR</c> or <c>cache: DIR</c>.</summary>
    public string Example(OptionDefinition option) => Layer switch
    {
        OptionLayer.File => $"{option.Name}: {option.ValueName ?? FlagText.On}",
        OptionLayer.Environment => $"{VariableOf(option)}={option.ValueName ?? FlagText.On}",
        _ => option.IsFlag ? option.LongName : $"{option.LongName} {option.ValueName}",
    };
}
