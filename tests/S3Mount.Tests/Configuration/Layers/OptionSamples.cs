using S3Mount.CommandLine;

namespace S3Mount.Tests.Configuration.Layers;

/// <summary>A value for every option, none of them its default.</summary>
internal static class OptionSamples
{
    /// <summary>What must be said beside an option that does not stand alone.</summary>
    private static readonly Dictionary<OptionDefinition, (OptionDefinition Option, string Text)[]> _companions = new()
    {
        [MountOptions.Hydrate] = [(MountOptions.Cache, "/var/cache/x")],
    };

    public static string Of(OptionDefinition option) => option.ValueName switch
    {
        null => "true",
        "BUCKET[/PREFIX]" => "other/train",
        // Some have to be there.
        "FILE" => typeof(OptionSamples).Assembly.Location,
        "DIR" => "/somewhere/else",
        "PREFIX" => "a, b/ü/",
        "REGION" or "NAME" => "some-name",
        "URL" => "http://10.0.0.5:9000",
        "HOST:PORT" => "127.0.0.1:9100",
        "N" => "7",
        "SIZE" => "100MiB",
        "DURATION" => "7m",
        "MODE" => "0440",
        "USER" => "trainer",
        "GROUP" => "ml",
        "LEVEL" => "debug",
        "PRICE" => "0.25",
        var kind => throw new InvalidOperationException($"{option.LongName} has a value of a new kind, {kind}: say here which one is tried"),
    };

    public static (OptionDefinition Option, string Text)[] Companions(OptionDefinition option) => _companions.GetValueOrDefault(option, []);
}
