using S3Mount.FileSystem;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.Hosting.Handover;
using S3Mount.Telemetry;

namespace S3Mount.Hosting.Prefixes;

/// <summary>What is to be mounted, its stores open and checked. It owns them; whoever opened it disposes it, after the files.</summary>
internal interface IMountContents : IAsyncDisposable
{
    IStoreFigures Stores { get; }

    /// <summary>Endpoint and region of the one store; of several datasets each has its own identity.</summary>
    string StoreName { get; }

    /// <summary>The files of it; the caller disposes them. Once.</summary>
    /// <param name="disk">Of the mount; loaded.</param>
    /// <param name="handover">Of a mount that may outlive its process, or has outlived another.</param>
    Task<IMountedFiles> CreateFilesAsync(DiskCache? disk, MountHandover? handover);
}
