using System.Globalization;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;
using S3Mount.Configuration.Reporting;

namespace S3Mount.Hosting;

/// <summary><c>s3mount config check|show</c>: what files say is looked at, nothing is mounted and no store is asked.</summary>
internal static class ConfigProgram
{
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">What show was given is wrong.</exception>
    public static int Run(ConfigCommand command, TextWriter output, TextWriter errors)
    {
        if (command.Action == ConfigAction.Show)
        {
            Show(command.Arguments, output);
            return EntryPoint.Done;
        }
        // Each of them is looked at, whatever the others are like.
        bool[] fine = [.. command.Arguments.Select(file => IsFine(file, output, errors))];
        return fine.All(isFine => isFine) ? EntryPoint.Done : EntryPoint.Failed;
    }

    private static void Show(IReadOnlyList<string> arguments, TextWriter output)
    {
        OptionValues values = MountCommand.ParseValues(
            arguments, MountOptions.All.Append(CommonOptions.Json), written => LowerLayers.AddTo(written, Environment.GetEnvironmentVariable));
        MountSettings settings = SettingsReader.Read(Completed(values), Machine.Current);
        IReadOnlyList<ReportLine> lines = SettingsReport.Of(settings, values, Machine.Current.MemoryLimit());
        IEnumerable<string> warnings = settings.Warnings.Concat(EnvironmentLayer.Misspelt(Environment.GetEnvironmentVariables().Keys.Cast<string>()));
        IReadOnlyList<DatasetReport> datasets = SettingsReport.OfDatasets(settings, values);
        output.Write(values.Has(CommonOptions.Json) ? ReportText.Json(lines, datasets, warnings) : ReportText.Yaml(lines, datasets, warnings));
    }

    private static bool IsFine(string name, TextWriter output, TextWriter errors)
    {
        IReadOnlyList<string> problems = Problems(name);
        foreach (string problem in problems)
            errors.WriteLine(problem);
        if (problems.Count == 0)
            output.WriteLine($"{name} is fine");
        return problems.Count == 0;
    }

    private static IReadOnlyList<string> Problems(string name)
    {
        try
        {
            ConfigurationFile file = ConfigurationFile.Parse(name, ConfigurationText.ReadFile(name));
            _ = SettingsReader.Read(Completed(file.Values), Machine.Current);
            return [.. file.Problems.Order(Comparer<string>.Create((left, right) => LineOf(left, name) - LineOf(right, name)))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [$"{name}: cannot be read: {FileProblem.Describe(e)}"];
        }
    }

    /// <summary>Bucket and mountpoint may come from elsewhere; what is read beside them does not depend on them.</summary>
    private static MountCommand Completed(OptionValues values) => new(values.Text(MountOptions.Bucket) ?? "bucket", values.Text(MountOptions.Mountpoint) ?? "/", values);

    // What was found in the values comes after what was found in the file itself.
    private static int LineOf(string problem, string name)
    {
        ReadOnlySpan<char> rest = problem.AsSpan(Math.Min(problem.Length, name.Length + 1));
        int colon = rest.IndexOf(':');
        return colon > 0 && int.TryParse(rest[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out int line) ? line : 0;
    }
}
