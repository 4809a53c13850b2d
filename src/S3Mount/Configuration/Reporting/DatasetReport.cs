namespace S3Mount.Configuration.Reporting;

/// <summary>What is in force for one of several datasets.</summary>
/// <param name="Lines">Of the options that may hold for one alone.</param>
internal sealed record DatasetReport(string Name, IReadOnlyList<ReportLine> Lines);
