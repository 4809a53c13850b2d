using S3Mount.Control.Client;

namespace S3Mount.Top;

/// <summary>A process that reads, as it is shown.</summary>
/// <param name="Threads">Of it, that have asked for anything.</param>
/// <param name="ReadBytes">A second, now.</param>
/// <param name="Files">Begun a second, now.</param>
/// <param name="Requests">Answered a second, now.</param>
/// <param name="Waiting">Requests that are not answered yet.</param>
/// <param name="Total">Bytes since its threads were first seen.</param>
internal sealed record ReaderRow(ReaderProcess Process, int Threads, double ReadBytes, double Files, double Requests, int Waiting, long Total);
