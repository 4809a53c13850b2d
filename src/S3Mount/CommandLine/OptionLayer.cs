namespace S3Mount.CommandLine;

/// <summary>Where options are written; what comes later wins.</summary>
internal enum OptionLayer
{
    File,
    Environment,
    Fstab,
    CommandLine,
}
