using System.Text.Json.Serialization;

namespace S3Mount.Hosting.Handover;

/// <summary>What the next process is told of a mount as soon as there is one.</summary>
/// <param name="Store">Which one it turned out to be (<see cref="ObjectStore.S3.S3StoreName"/>): variables and profiles may name it, too.</param>
/// <param name="DeviceNumber">MAJOR:MINOR of its file system.</param>
/// <param name="Minor">This and what follows: what INIT agreed on (<see cref="Fuse.Session.FuseAgreement"/>).</param>
internal sealed record HandoverHead(MountIdentity Mount, string Store, string DeviceNumber, int Minor, ulong Flags, int MaxPages);

/// <summary>No reflection.</summary>
[JsonSerializable(typeof(HandoverHead))]
internal sealed partial class HandoverJson : JsonSerializerContext;
