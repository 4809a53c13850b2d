using System.Reflection;

namespace S3Mount;

/// <summary>The version of this program, as <c>--version</c> and the log say it.</summary>
internal static class ProgramVersion
{
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
