namespace S3Mount.CommandLine;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    public static readonly OptionDefinition Json = new("json", null, "print JSON, for programs") { InFstab = false };
}
