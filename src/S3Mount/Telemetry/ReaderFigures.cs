namespace S3Mount.Telemetry;

/// <summary>What one thread has asked of the mount, since it was first seen.</summary>
/// <param name="Pid">
/// Its number in the pid namespace in which the mount was made: gettid(2), of a program's main thread getpid(2). 0: all threads together that have
/// none there, because they belong to another namespace.
/// </param>
/// <param name="Requests">Answered ones, of all kinds.</param>
/// <param name="Files">READs that had the first byte of a file: how many files it has begun to read.</param>
/// <param name="ReadBytes">That its READs were answered with. What the kernel's page cache answers is in none of these.</param>
/// <param name="Waiting">Requests of it that are not answered yet.</param>
/// <param name="Idle">Seconds since it was last answered.</param>
internal sealed record ReaderFigures(uint Pid, long Requests, long Files, long ReadBytes, int Waiting, double Idle);
