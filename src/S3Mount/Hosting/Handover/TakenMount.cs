using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Session;

namespace S3Mount.Hosting.Handover;

/// <summary>A mount that another process has left to this one.</summary>
internal sealed record TakenMount(FuseMount Mount, FuseAgreement Agreement);
