namespace S3Mount.Benchmarks.Hits;

/// <summary>What READs cost that the block cache answers, from the message in the reader's buffer to the call that sends the answer.</summary>
/// <param name="ReadSize">Bytes of one READ.</param>
/// <param name="Late">READs that were not answered before the next message was asked for: no hits, though they should have been.</param>
/// <param name="AllocatedBytes">On the managed heap by the reader's thread, all hits together.</param>
/// <param name="CopiedBytes">Bytes that were not sent from where the store had put them.</param>
internal readonly record struct HitResult(int ReadSize, long Hits, long Late, double Nanoseconds, long AllocatedBytes, long CopiedBytes);
