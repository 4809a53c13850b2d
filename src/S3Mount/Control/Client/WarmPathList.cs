using S3Mount.Fuse.Mounting;
using S3Mount.Hosting;

namespace S3Mount.Control.Client;

/// <summary>Paths as a <c>--from-list</c> file has them, turned into paths inside of one mount. One thread.</summary>
/// <param name="top">What paths are relative to; null: there are absolute ones alone, and the first tells the mount.</param>
/// <param name="written">How it was written.</param>
internal sealed class WarmPathList(MountedPath? top, string? written)
{
    // A request's body has 48 KiB (ControlRequestReader): half of it, for names that JSON escapes are counted at their longest.
    private const int MostEscaped = 24 << 10;

    private readonly string? _base = written is null ? null : Path.GetFullPath(written).TrimEnd('/');
    private MountedPath? _top = top;

    /// <summary>The mount that the paths are in; known after the first one.</summary>
    public MountTableEntry? Mount => _top?.Mount;

    /// <summary>The path of a line, inside of the mount.</summary>
    /// <exception cref="StartupException">It is in no mount, or in another one.</exception>
    public string Locate(string line)
    {
        string path = line;
        while (path.StartsWith("./", StringComparison.Ordinal))
            path = path[2..];
        if (!path.StartsWith('/'))
            return _top is null ? throw new StartupException($"'{line}' is relative to nothing: name the directory, as in s3mount warm DIRECTORY --from-list FILE") : $"{_top.Inside}/{path}".Trim('/');
        // As nearly all lines are, without a system call.
        if (_base is not null && path.StartsWith(_base, StringComparison.Ordinal) && path.Length > _base.Length && path[_base.Length] == '/')
            return $"{_top!.Inside}/{path[(_base.Length + 1)..]}".Trim('/');
        if (_top is not null && path.StartsWith(_top.Mount.Mountpoint + '/', StringComparison.Ordinal))
            return $"{_top.Mount.Root.Trim('/')}/{path[_top.Mount.Mountpoint.Length..].Trim('/')}".Trim('/');
        MountedPath found = MountedPath.Find(path);
        _top ??= found;
        return found.Mount.Device == _top.Mount.Device ? found.Inside : throw new StartupException($"{line} is not in the mount at {_top.Mount.Mountpoint}");
    }

    /// <summary>Lines that are not empty, as paths, so many at once as fit into a request.</summary>
    /// <exception cref="StartupException"/>
    /// <exception cref="IOException"/>
    public IEnumerable<string[]> Batches(IEnumerable<string> lines)
    {
        var batch = new List<string>();
        int size = 0;
        foreach (string line in lines.Where(line => line.Length > 0))
        {
            string path = Locate(line);
            int escaped = (path.Length * 6) + 3;
            if (batch.Count > 0 && size + escaped > MostEscaped)
            {
                yield return [.. batch];
                batch.Clear();
                size = 0;
            }
            batch.Add(path);
            size += escaped;
        }
        if (batch.Count > 0)
            yield return [.. batch];
    }
}
