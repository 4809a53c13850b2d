using System.Text.Json.Serialization;
using S3Mount.Control.Client;
using S3Mount.FileSystem;

namespace S3Mount.Control;

/// <summary>The documents of the control socket; no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlProblem))]
[JsonSerializable(typeof(MountStatus))]
[JsonSerializable(typeof(MountReport[]))]
[JsonSerializable(typeof(RefreshRequest))]
[JsonSerializable(typeof(RefreshResult))]
internal sealed partial class ControlJson : JsonSerializerContext;
