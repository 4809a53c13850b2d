using Microsoft.Extensions.Logging.Abstractions;
using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.Wire;

/// <summary>Stores opened against a scripted server, with nothing taken from this machine's environment.</summary>
internal static class Stores
{
    /// <summary>No wait between two tries is longer; the deadlines of tries are.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(10);

    public static AwsCredentials Credentials { get; } = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null);

    public static S3StoreOptions Options(string url) => new() { Bucket = "bucket", EndpointUrl = url, Region = "eu-west-1" };

    public static S3Services Services => new()
    {
        TimeProvider = TimeProvider.System,
        Logger = NullLogger.Instance,
        Environment = Environment(),
        CredentialSource = new FixedCredentials(Credentials),
    };

    /// <summary>Only these variables; no home with files in it.</summary>
    public static S3Environment Environment(params (string Name, string Value)[] variables)
    {
        Dictionary<string, string> all = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        all.TryAdd("HOME", "/nonexistent");
        all.TryAdd("AWS_EC2_METADATA_DISABLED", "true");
        return new S3Environment(name => all.GetValueOrDefault(name));
    }

    /// <summary>The store; the server must answer the list page of the opening first.</summary>
    public static Task<S3ObjectStore> OpenAsync(ScriptedServer server, CancellationToken cancellationToken) =>
        S3ObjectStore.OpenWithAsync(Options(server.Url), Services, cancellationToken);

    /// <summary>A server that answers the opening with an empty page, then goes by the script.</summary>
    public static ScriptedServer Server(Func<string, int, ScriptedAnswer> script) =>
        new((head, index) => index == 0 ? ScriptedAnswer.EmptyPage : script(head, index - 1));

    public static ScriptedServer Server(params ScriptedAnswer[] answers) =>
        Server((_, index) => answers[Math.Min(index, answers.Length - 1)]);
}
