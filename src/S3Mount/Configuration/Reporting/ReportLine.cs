using S3Mount.CommandLine;

namespace S3Mount.Configuration.Reporting;

/// <summary>One option of a mount as it is in force.</summary>
/// <param name="Value">As it can be written again; null: none, as by default.</param>
/// <param name="From">Where it came from, such as <c>imagenet.yaml:3</c>.</param>
internal readonly record struct ReportLine(OptionDefinition Option, string? Value, string From);
