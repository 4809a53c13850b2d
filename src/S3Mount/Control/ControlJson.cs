using System.Text.Json.Serialization;
using S3Mount.Control.Client;
using S3Mount.FileSystem;
using S3Mount.FileSystem.Explaining;
using S3Mount.FileSystem.Warming;

namespace S3Mount.Control;

/// <summary>The documents of the control socket; no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlProblem))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(FileExplanation))]
[JsonSerializable(typeof(MountStatus))]
[JsonSerializable(typeof(MountReport[]))]
[JsonSerializable(typeof(ReloadReport))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(RefreshResult))]
[JsonSerializable(typeof(WarmRequest))]
[JsonSerializable(typeof(WarmReport[]))]
[JsonSerializable(typeof(WarmProgress))]
internal sealed partial class ControlJson : JsonSerializerContext;
