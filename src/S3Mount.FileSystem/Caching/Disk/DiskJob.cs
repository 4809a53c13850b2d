namespace S3Mount.FileSystem.Caching.Disk;

/// <summary>Anything that blocks on a disk and holds no memory.</summary>
/// <param name="work">Says each time that it has come on, in <see cref="DiskCall.Since"/>.</param>
/// <param name="onEnd">Called once, when it has returned or will not run.</param>
internal sealed class DiskJob(Func<DiskCall, int> work, Action? onEnd = null) : DiskCall
{
    protected override int Work() => work(this);

    protected override void Free() => onEnd?.Invoke();
}
