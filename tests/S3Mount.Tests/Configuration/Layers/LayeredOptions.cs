using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Testing;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Configuration.Layers;

/// <summary>Options, each written in a layer, as a person would write them there.</summary>
internal sealed class LayeredOptions : IDisposable
{
    private readonly TempDirectory _directory = new("s3mount-layers");
    private readonly List<string> _arguments = [];
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, string> _variables = [];

    /// <summary>What stands by its position.</summary>
    public List<string> Positions { get; } = ["bucket", "/mnt"];

    public LayeredOptions Set(OptionLayer layer, OptionDefinition option, string text)
    {
        switch (layer)
        {
            case OptionLayer.File:
                _lines.Add($"{option.Name}: {text}");
                break;
            case OptionLayer.Environment:
                _variables[OptionOrigin.VariableOf(option)] = text;
                break;
            case OptionLayer.Fstab:
                _arguments.AddRange(["-o", option.IsFlag && text == "true" ? option.Name : $"{option.Name}={text.Replace(",", "\\,", StringComparison.Ordinal)}"]);
                break;
            case OptionLayer.CommandLine when option == MountOptions.Bucket:
                Positions[0] = text;
                break;
            case OptionLayer.CommandLine when option == MountOptions.Mountpoint:
                Positions[1] = text;
                break;
            default:
                _arguments.Add(option.IsFlag && text == "true" ? option.LongName : $"{option.LongName}={text}");
                break;
        }
        return this;
    }

    public MountSettings Read()
    {
        string[] config = _lines.Count > 0 ? ["--config", _directory.Write("mount.yaml", string.Join('\n', _lines))] : [];
        return Settings.ReadWith(_variables, [.. Positions, .. _arguments, .. config]);
    }

    public void Dispose() => _directory.Dispose();
}
