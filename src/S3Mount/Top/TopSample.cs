using S3Mount.Control;
using S3Mount.Control.Client;

namespace S3Mount.Top;

/// <summary>What a daemon answered, and who its readers were then.</summary>
/// <param name="Moment">When it answered; a timestamp of the clock of whoever asked.</param>
/// <param name="Processes">By the pids of its readers; of those that were looked for.</param>
internal sealed record TopSample(long Moment, MountStatus Status, IReadOnlyDictionary<uint, ReaderProcess> Processes);
