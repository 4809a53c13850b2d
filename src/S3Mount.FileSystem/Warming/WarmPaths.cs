using System.Text;
using System.Threading.Channels;
using S3Mount.FileSystem.Inodes;
using S3Mount.FileSystem.Listing;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Warming;

/// <summary>From paths below a mount to the objects that they stand for, in order, a bounded distance ahead of who takes them.</summary>
/// <param name="find">What a name in a directory stands for; null: nothing.</param>
/// <param name="enter">The inode of a directory.</param>
internal sealed class WarmPaths(
    WarmTree tree, DirectoryInode root, Func<DirectoryInode, byte[], CancellationToken, ValueTask<DirectoryEntry?>> find, Func<DirectoryInode, byte[], DirectoryInode> enter)
{
    // List pages: with 64 bytes a name, 130 bytes an object, 17 MB; what is counted ahead makes the time left known.
    private const int BatchesAhead = 128;

    // Paths that are looked up ahead: each may cost a LIST where its directory has not been listed.
    private const int LookupsAhead = 32;

    /// <summary>Adds all that paths stand for to a job. Returns when the last of it has been begun.</summary>
    /// <param name="paths">Below the root of the mount, without slashes at their ends; empty: the root.</param>
    /// <exception cref="OperationCanceledException">The job was stopped.</exception>
    public async Task AddAsync(WarmJob job, IReadOnlyList<string> paths)
    {
        job.MarkBy(() => MarkAsync(job, paths));
        var batches = Channel.CreateBounded<WarmObject[]>(BatchesAhead);
        using var finding = CancellationTokenSource.CreateLinkedTokenSource(job.Stopping);
        Task found = FindAsync(job, paths, batches.Writer, finding.Token);
        try
        {
            await foreach (WarmObject[] batch in batches.Reader.ReadAllAsync(job.Stopping).ConfigureAwait(false))
            {
                foreach (WarmObject wanted in batch)
                {
                    if (!await job.AddAsync(wanted).ConfigureAwait(false))
                        return;
                }
            }
            // What is not foreseen is not to look like an end.
            await found.ConfigureAwait(false);
        }
        finally
        {
            await finding.CancelAsync().ConfigureAwait(false);
            await found.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FindAsync(WarmJob job, IReadOnlyList<string> paths, ChannelWriter<WarmObject[]> batches, CancellationToken cancellationToken)
    {
        var ahead = new Queue<(string Path, Task<WarmPath?> Found)>();
        try
        {
            for (int next = 0; next < paths.Count || ahead.Count > 0;)
            {
                while (next < paths.Count && ahead.Count < LookupsAhead)
                    ahead.Enqueue((paths[next], ResolveAsync(paths[next++], cancellationToken)));
                (string path, Task<WarmPath?> found) = ahead.Dequeue();
                if (await found.ConfigureAwait(false) is { } at)
                    await WriteAsync(job, at, batches, cancellationToken).ConfigureAwait(false);
                else
                    job.Tally.Failed(0, $"there is no {(path.Length == 0 ? "such directory" : path)} in the store");
            }
        }
        catch (Exception e) when (e is ObjectStoreException or TimeoutException)
        {
            job.Tally.Stop(e.Message);
        }
        finally
        {
            // Nobody asks for the others any more; what they say of their ends has been said.
            foreach ((_, Task<WarmPath?> found) in ahead)
                await ((Task)found).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            batches.Complete();
        }
    }

    private async Task WriteAsync(WarmJob job, WarmPath at, ChannelWriter<WarmObject[]> batches, CancellationToken cancellationToken)
    {
        if (at.File is { } file)
        {
            job.Tally.Found(file.Version.Size);
            await batches.WriteAsync([file], cancellationToken).ConfigureAwait(false);
            return;
        }
        await foreach (WarmObject[] batch in tree.FindAsync(at.Directory!.Prefix, cancellationToken).ConfigureAwait(false))
        {
            foreach (WarmObject one in batch)
                job.Tally.Found(one.Version.Size);
            await batches.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
    }

    // What cannot be found now is not wanted; the job says so when it comes to it.
    private async Task MarkAsync(WarmJob job, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            WarmPath? at = await ResolveAsync(path, job.Stopping).ConfigureAwait(false);
            if (at?.File is { } file)
                job.Mark(file);
            if (at?.Directory is not { } directory)
                continue;
            await foreach (WarmObject[] batch in tree.FindAsync(directory.Prefix, job.Stopping).ConfigureAwait(false))
            {
                foreach (WarmObject one in batch)
                    job.Mark(one);
            }
        }
    }

    private async Task<WarmPath?> ResolveAsync(string path, CancellationToken cancellationToken)
    {
        DirectoryInode directory = root;
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < names.Length; i++)
        {
            byte[] name = Encoding.UTF8.GetBytes(names[i]);
            if (!EntryName.IsShown(name) || directory.Prefix.Length + name.Length > ObjectKey.MaxLength
                || await find(directory, name, cancellationToken).ConfigureAwait(false) is not { } entry)
            {
                return null;
            }
            if (!entry.IsDirectory)
                return i == names.Length - 1 ? new WarmPath(null, new WarmObject(new ObjectKey(directory.KeyOf(name)), entry.Version, entry.StorageClass)) : null;
            directory = enter(directory, name);
        }
        return new WarmPath(directory, null);
    }

    /// <summary>One of both.</summary>
    private sealed record WarmPath(DirectoryInode? Directory, WarmObject? File);
}
