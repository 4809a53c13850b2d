namespace S3Mount.Control.Endpoints;

/// <summary>All that a mount can be asked.</summary>
internal static class ControlEndpoints
{
    public static IReadOnlyList<IControlEndpoint> Of(ServedMount mount, TimeProvider timeProvider)
    {
        var warming = new WarmJobs(mount.FileSystem, timeProvider);
        return
        [
            new StatusEndpoint(mount.GetStatus),
            new ExplainEndpoint(mount.FileSystem.ExplainAsync),
            new RefreshEndpoint(mount.FileSystem.RefreshAsync),
            new ReloadEndpoint(mount.Reload is { } reload ? reload.RunAsync : null),
            new WarmEndpoint(warming),
            new WarmReportsEndpoint(warming),
        ];
    }
}
