using System.Text.Json.Serialization;

namespace S3Mount.Control.Client;

/// <summary>A mount as <c>s3mount status --json</c> shows it.</summary>
/// <param name="Mountpoint">As /proc/self/mountinfo shows it here.</param>
/// <param name="Source">Likewise: <c>s3mount#BUCKET/PREFIX</c>, or what the line of fstab has.</param>
/// <param name="State"><c>running</c>, <c>silent</c> (does not answer), <c>dead</c>, <c>unknown</c> (cannot be asked).</param>
/// <param name="Pid">Of the daemon; absent when not known.</param>
/// <param name="Problem">Why there is no status; absent when there is one.</param>
internal sealed record MountReport(string Mountpoint, string Source, string State, int? Pid, string? Problem, MountStatus? Status)
{
    /// <summary>Who the readers of the status are; for people, and of this machine.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<uint, ReaderProcess> Processes { get; init; } = new Dictionary<uint, ReaderProcess>();
}
