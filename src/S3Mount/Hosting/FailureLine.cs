using S3Mount.CommandLine;
using S3Mount.Control.Client;
using S3Mount.FileSystem.Snapshots;
using S3Mount.Fuse;
using S3Mount.ObjectStore;

namespace S3Mount.Hosting;

/// <summary>The one line for whatever ended the program; all that is not foreseen is a bug and says where.</summary>
internal static class FailureLine
{
    public static string Of(Exception exception) => exception switch
    {
        UsageException or StartupException or FuseException or SnapshotException or ControlClientException => exception.Message,
        ObjectStoreException failure => StoreProblem.Describe(failure),
        DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException } => $"libMonoPosixHelper.so is missing; it belongs beside {Environment.ProcessPath}",
        _ => $"internal error, please report it: {exception}".ReplaceLineEndings(" "),
    };
}
