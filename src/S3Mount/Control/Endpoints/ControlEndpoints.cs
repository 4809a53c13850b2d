namespace S3Mount.Control.Endpoints;

/// <summary>All that a mount can be asked.</summary>
internal static class ControlEndpoints
{
    public static IReadOnlyList<IControlEndpoint> Of(ServedMount mount) =>
    [
        new StatusEndpoint(mount.GetStatus),
        new RefreshEndpoint(mount.FileSystem.RefreshAsync),
    ];
}
