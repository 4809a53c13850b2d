using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using S3Mount.FileSystem;
using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.Tests.Documentation;

/// <summary>
/// What the program can print, found in its sources: every log line of level Information or above, and every literal that reads like a
/// sentence, but for those that are no messages.
/// </summary>
internal static class SourceMessages
{
    /// <summary>Their texts are for people in any case, however short.</summary>
    private static readonly string[] _failures =
    [
        "UsageException", "StartupException", "FuseException", "SnapshotException", "ControlClientException", "ObjectStoreException", "FormatException",
    ];

    /// <summary>Words that make a sentence: "permission denied" is what others put into theirs, "it is cut" says something itself.</summary>
    private const int FewestWords = 3;

    /// <summary>By the beginning of the file's name.</summary>
    private static readonly Dictionary<string, string> _otherFiles = new()
    {
        ["S3Mount/Doctor/"] = "doctor says itself what its lines mean and what to do",
        ["S3Mount/Verbs.cs"] = "help",
        ["S3Mount/CommandLine/CommonOptions.cs"] = "help",
        ["S3Mount/CommandLine/HelpText.cs"] = "help",
        ["S3Mount/CommandLine/MountOptions.cs"] = "help",
        ["S3Mount/Control/Client/ExplainText.cs"] = "what a command was asked for",
        ["S3Mount/Control/Client/FiguresText.cs"] = "what a command was asked for",
        ["S3Mount/Control/Client/StatusText.cs"] = "what a command was asked for",
        ["S3Mount/Control/Client/WarmText.cs"] = "what a command was asked for",
        ["S3Mount/Control/Client/ProcessNames.cs"] = "what top shows in place of a name",
        ["S3Mount/Control/Client/ReaderProcess.cs"] = "what top shows in place of a name",
        ["S3Mount/Top/ReaderTable.cs"] = "the screen of top",
        ["S3Mount/Top/TopScreen.cs"] = "the screen of top",
        ["S3Mount/Top/TopText.cs"] = "the screen of top",
        ["S3Mount/Hosting/SnapshotText.cs"] = "what a command was asked for",
        ["S3Mount/Configuration/Reporting/"] = "what a command was asked for",
        ["S3Mount/Control/Http/ControlResponseWriter.cs"] = "the names of HTTP's status codes",
        ["S3Mount/Telemetry/Prometheus/"] = "descriptions of metrics",
        ["S3Mount/Telemetry/Otlp/OtlpInstruments.cs"] = "descriptions of metrics",
        ["S3Mount/Telemetry/Otlp/OtlpLatencies.cs"] = "descriptions of metrics",
    };

    /// <summary>By what the text itself is an argument of.</summary>
    private static readonly Dictionary<string, string> _otherCalls = new()
    {
        ["LoggerMessage"] = "taken from the attributes, with their level",
        ["SuppressMessage"] = "for readers of the source",
        ["Assert"] = "not in the program that is shipped",
        ["Contains"] = "compared with what others print",
        ["Text"] = "what s3mount cache was asked for",
        ["new ArgumentException"] = "a fault of s3mount: printed as an internal error",
        ["new InvalidOperationException"] = "a fault of s3mount: printed as an internal error",
    };

    /// <summary>Alone in their files.</summary>
    private static readonly Dictionary<string, string> _otherTexts = new()
    {
        ["how often it looks, 1s to 1h (1s)"] = "help",
        ["print COUNT frames, one below the other; needs no terminal"] = "help",
        ["the same as -n 1"] = "help",
        ["measure neither the throughput nor the disk"] = "help",
        ["print nothing; the exit code tells"] = "help",
        ["no program is run from there"] = "help",
        ["what the mount table shows as the source"] = "help",
        ["a web identity"] = "a source of credentials, where status or doctor name it",
    };

    private static string Sources { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../src"));

    /// <summary>Every literal, whatever it is for.</summary>
    public static IReadOnlyList<SourceText> Literals { get; } =
    [
        .. Directory.EnumerateFiles(Sources, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Sources, file))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(file => SourceScanner.Scan(file, File.ReadAllText(Path.Combine(Sources, file)))),
    ];

    public static IEnumerable<SourceText> LogLines { get; } =
    [
        .. new[] { typeof(FuseException), typeof(ObjectStoreException), typeof(ObjectFileSystem), typeof(EntryPoint) }
            .SelectMany(room => room.Assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Line: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(found => found.Line is { Level: >= LogLevel.Information })
            .Select(found => new SourceText($"{found.Method.DeclaringType!.Namespace}: log line {found.Line!.EventId} ({found.Line.Level})", 0, WithHoles(found.Line.Message!), [])),
    ];

    public static IEnumerable<SourceText> All => LogLines.Where(line => Words(line.Text) > 0).Concat(Literals.Where(IsMessage));

    /// <summary>Exceptions to the rule above that are exceptions to nothing any more.</summary>
    public static IEnumerable<string> NeedlessExceptions =>
    [
        .. _otherFiles.Keys.Where(file => !Literals.Any(text => text.File.StartsWith(file, StringComparison.Ordinal) && IsSentence(text))),
        .. _otherTexts.Keys.Where(other => !Literals.Any(text => text.Text == other && IsSentence(text))),
        .. _otherCalls.Keys.Where(call => !Literals.Any(text => text.Calls is [.., var last] && last == call && IsSentence(text))),
    ];

    private static bool IsMessage(SourceText text) =>
        IsSentence(text)
        && !_otherFiles.Keys.Any(file => text.File.StartsWith(file, StringComparison.Ordinal))
        && !(text.Calls is [.., var call] && _otherCalls.ContainsKey(call))
        && !_otherTexts.ContainsKey(text.Text)
        // How commands are written.
        && !text.Text.StartsWith("s3mount ", StringComparison.Ordinal) && !text.Text.StartsWith("mount.s3mount ", StringComparison.Ordinal);

    private static bool IsSentence(SourceText text) =>
        Words(text.Text) >= (text.Calls.Length > 0 && _failures.Any(failure => text.Calls[^1] == "new " + failure) ? 1 : FewestWords);

    // Of letters alone: neither keys of JSON nor names of options.
    private static int Words(string text) =>
        text.Split([' ', '\n', SourceText.Hole], StringSplitOptions.RemoveEmptyEntries).Count(word => word.Trim('\'', '"', '(', ')', ',', ';', ':', '.', '?') is { Length: > 0 } bare && bare.All(char.IsLetter));

    // {Name:format} of a log line.
    private static string WithHoles(string message) => Regex.Replace(message, @"\{\w+(:[^}]*)?\}", SourceText.Hole.ToString());

    private static string Here([CallerFilePath] string file = "") => file;
}
