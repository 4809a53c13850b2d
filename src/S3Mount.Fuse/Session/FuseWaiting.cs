namespace S3Mount.Fuse.Session;

/// <summary>Requests that wait for something at a moment; what is answered at once is not among them.</summary>
/// <param name="Sum">How long they have waited so far, all together.</param>
/// <param name="Longest">How long the one has that has waited longest.</param>
/// <param name="ByPid">How many there are, by who sent them (<see cref="FuseAnswer.Pid"/>).</param>
public readonly record struct FuseWaiting(TimeSpan Sum, TimeSpan Longest, IReadOnlyDictionary<uint, int> ByPid);
