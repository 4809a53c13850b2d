using Microsoft.Extensions.Logging;
using S3Mount.Configuration;
using S3Mount.Control;
using S3Mount.FileSystem;
using S3Mount.FileSystem.Caching.Disk;
using S3Mount.FileSystem.Datasets;
using S3Mount.FileSystem.Handover;
using S3Mount.Hosting.Handover;
using S3Mount.Hosting.Prefixes;
using S3Mount.Telemetry;

namespace S3Mount.Hosting.Datasets;

/// <summary>The datasets of a mount, with their stores: as they were wanted at the start, and as they are wanted since. Any thread.</summary>
internal sealed class MountedDatasets : IMountContents
{
    /// <summary>Stores that are opened at once: of two hundred, no more credentials are asked for at a time than a metadata service likes.</summary>
    private const int OpenedAtOnce = 16;

    /// <summary>As at the end of a mount.</summary>
    private static readonly TimeSpan _saveDeadline = TimeSpan.FromSeconds(10);

    /// <summary>For requests to leave a dataset that goes, whose waits have been ended, and for its listings to be saved.</summary>
    private static readonly TimeSpan _leaveDeadline = TimeSpan.FromSeconds(15);

    /// <summary>Of what the end of a mount may take: for a change that is under way, which has been told to end.</summary>
    private static readonly TimeSpan _endDeadline = TimeSpan.FromSeconds(2);

    private readonly MountSettings _settings;
    private readonly Func<MountSettings, PrefixOpening> _begin;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly StoreTotals _stores = new();
    private readonly SemaphoreSlim _changing = new(1);
    private readonly CancellationTokenSource _ending = new();
    private DatasetFileSystem? _files;
    private DiskCache? _disk;
    // In the order of the file; replaced by whoever changes them.
    private ShownDataset[] _shown;
    private Task[] _goings = []; // guarded by _changing

    private MountedDatasets(MountSettings settings, ShownDataset[] opened, Func<MountSettings, PrefixOpening> begin, TimeProvider timeProvider, ILogger logger)
    {
        (_settings, _shown, _begin, _timeProvider, _logger) = (settings, opened, begin, timeProvider, logger);
        foreach (ShownDataset dataset in opened)
            _stores.Add(dataset.Prefix);
    }

    public IStoreFigures Stores => _stores;

    public string StoreName => "";

    /// <summary>How each does, in the order of the file.</summary>
    public IReadOnlyList<DatasetStatus> Statuses =>
    [
        .. from dataset in Volatile.Read(ref _shown)
           let files = _files?.StatisticsOf(dataset.Wanted.Name)
           where files is not null
           select DatasetStatus.Of(dataset.Wanted.Name, dataset.Prefix, files.Value),
    ];

    /// <param name="begin">Begins to open a prefix.</param>
    /// <exception cref="StartupException">One of them cannot be mounted: none is.</exception>
    /// <exception cref="OperationCanceledException"/>
    public static async Task<IMountContents> OpenAsync(
        MountSettings settings, Func<MountSettings, PrefixOpening> begin, TimeProvider timeProvider, ILogger logger, CancellationToken stopping)
    {
        Opened[] opened = await OpenAllAsync(settings.Datasets, begin, stopping).ConfigureAwait(false);
        if (opened.Select(one => one.Failure).FirstOrDefault(failure => failure is not null) is not { } failure)
            return new MountedDatasets(settings, [.. opened.Select(one => new ShownDataset(one.Wanted, one.Prefix!))], begin, timeProvider, logger);
        foreach (Opened one in opened.Where(one => one.Prefix is not null))
            await one.Prefix!.DisposeAsync().ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
        string[] reasons = [.. opened.Where(one => one.Failure is not null).Select(one => $"dataset {one.Wanted.Name}: {FailureLine.Of(one.Failure!)}")];
        throw new StartupException(string.Join("; ", reasons), failure);
    }

    public async Task<IMountedFiles> CreateFilesAsync(DiskCache? disk, MountHandover? handover)
    {
        ObjectFileSystemOptions options = _settings.ToFileSystemOptions(snapshot: null, disk: disk);
        _disk = disk;
        DatasetFileSystem Create(InodeStart? inodes) => new(options with { Inodes = inodes }, _timeProvider, _logger);
        DatasetFileSystem files = handover is null ? Create(null) : handover.WithInodes(Create);
        _files = files;
        try
        {
            foreach (ShownDataset dataset in _shown)
                await AddAsync(files, dataset).ConfigureAwait(false);
        }
        catch
        {
            await files.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        files.EndTaking();
        handover?.Begin();
        return files;
    }

    /// <summary>Shows what is wanted now. What has not changed does not notice; what cannot be shown is told, and nothing else waits for it.</summary>
    /// <exception cref="OperationCanceledException">The mount ends; some of it may have been done.</exception>
    public async Task<ReloadReport> ChangeAsync(IReadOnlyList<DatasetSettings> wanted, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
        await _changing.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            return await ApplyAsync(_files!, wanted, either.Token).ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Nothing changes any more: the mount ends.</summary>
    public async Task EndChangesAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        if (!await _changing.WaitAsync(_endDeadline).ConfigureAwait(false))
            _logger.ChangesNotEnded((int)_endDeadline.TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_goings).WaitAsync(_leaveDeadline, _timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (ShownDataset dataset in _shown)
            await dataset.Prefix.DisposeAsync().ConfigureAwait(false);
        // Whoever waits for it yet may still come.
        _ending.Dispose();
    }

    private async Task<ReloadReport> ApplyAsync(DatasetFileSystem files, IReadOnlyList<DatasetSettings> wanted, CancellationToken cancellationToken)
    {
        ShownDataset[] shown = _shown;
        DatasetSettings[] missing = [.. wanted.Where(one => !shown.Any(known => known.Wanted.IsSameAs(one)))];
        Opened[] opened = await OpenAllAsync(missing, _begin, cancellationToken).ConfigureAwait(false);
        if (cancellationToken.IsCancellationRequested)
        {
            foreach (Opened one in opened.Where(one => one.Prefix is not null))
                await one.Prefix!.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
        // What cannot be opened stays as it was.
        var failed = opened.Where(one => one.Failure is not null).ToDictionary(one => one.Wanted.Name, one => FailureLine.Of(one.Failure!));
        ShownDataset[] goes = [.. shown.Where(known => !wanted.Any(one => one.IsSameAs(known.Wanted)) && !failed.ContainsKey(known.Wanted.Name))];
        // What is shown is known after each step, whatever becomes of the next.
        Volatile.Write(ref _shown, [.. shown.Except(goes)]);
        await Task.WhenAll(goes.Select(dataset => RemoveAsync(files, dataset))).ConfigureAwait(false);
        var comes = new List<ShownDataset>();
        foreach (Opened one in opened.Where(one => one.Prefix is not null))
        {
            var dataset = new ShownDataset(one.Wanted, one.Prefix!);
            if (await TryAddAsync(files, dataset).ConfigureAwait(false) is { } failure)
                failed.Add(one.Wanted.Name, FailureLine.Of(failure));
            else
                comes.Add(dataset);
        }
        ShownDataset[] now = _shown;
        Volatile.Write(ref _shown, [.. now.OrderBy(dataset => PlaceOf(dataset.Wanted.Name, wanted))]);
        string[] before = [.. goes.Select(dataset => dataset.Wanted.Name)], after = [.. comes.Select(dataset => dataset.Wanted.Name)];
        return new ReloadReport
        {
            Added = [.. after.Except(before)],
            Removed = [.. before.Except(after)],
            Changed = [.. after.Intersect(before)],
            Unchanged = now.Length - comes.Count,
            Failed = failed,
        };
    }

    private static int PlaceOf(string name, IReadOnlyList<DatasetSettings> wanted)
    {
        for (int i = 0; i < wanted.Count; i++)
        {
            if (wanted[i].Name == name)
                return i;
        }
        return wanted.Count;
    }

    private async Task AddAsync(DatasetFileSystem files, ShownDataset dataset)
    {
        var start = new DatasetStart(dataset.Wanted.Name, dataset.Prefix.Identity, dataset.Prefix.Store, dataset.Prefix.ToOptions(_disk), dataset.Wanted.Settings.Hydrate);
        try
        {
            await files.AddAsync(start).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            _logger.HandoverDamaged($"{dataset.Wanted.Name}: {e.Message}");
            await files.AddAsync(start).ConfigureAwait(false);
        }
    }

    /// <returns>Null, or why it is not shown; its store is closed then.</returns>
    private async Task<Exception?> TryAddAsync(DatasetFileSystem files, ShownDataset dataset)
    {
        _stores.Add(dataset.Prefix);
        try
        {
            await AddAsync(files, dataset).ConfigureAwait(false);
            Volatile.Write(ref _shown, [.. _shown, dataset]);
            return null;
        }
        catch (Exception e)
        {
            _stores.End(dataset.Prefix);
            await dataset.Prefix.DisposeAsync().ConfigureAwait(false);
            return e;
        }
    }

    // Up to its first wait it runs on the thread of whoever changes the datasets.
    private async Task RemoveAsync(DatasetFileSystem files, ShownDataset dataset)
    {
        if (files.BeginRemoving(dataset.Wanted.Name, _saveDeadline) is not { } gone)
            return;
        Task going = EndAsync(dataset, gone);
        _goings = [.. _goings.Where(one => !one.IsCompleted), going];
        try
        {
            await going.WaitAsync(_leaveDeadline, _timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _logger.DatasetLingers(dataset.Wanted.Name, (int)_leaveDeadline.TotalSeconds);
        }
    }

    // Its store goes when nobody uses it any more.
    private async Task EndAsync(ShownDataset dataset, Task gone)
    {
        try
        {
            await gone.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _logger.DatasetNotEnded(e, dataset.Wanted.Name);
        }
        _stores.End(dataset.Prefix);
        await dataset.Prefix.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<Opened[]> OpenAllAsync(IReadOnlyList<DatasetSettings> datasets, Func<MountSettings, PrefixOpening> begin, CancellationToken stopping)
    {
        var opened = new Opened[datasets.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce };
        await Parallel.ForAsync(0, datasets.Count, parallel, async (i, _) => opened[i] = await OpenAsync(datasets[i], begin, stopping).ConfigureAwait(false)).ConfigureAwait(false);
        return opened;
    }

    private static async Task<Opened> OpenAsync(DatasetSettings dataset, Func<MountSettings, PrefixOpening> begin, CancellationToken stopping)
    {
        try
        {
            return new Opened(dataset, await begin(dataset.Settings).OpenAsync(stopping).ConfigureAwait(false), null);
        }
        catch (Exception e)
        {
            // Whatever it is, the others have been opened, and are to be closed or shown.
            return new Opened(dataset, null, e);
        }
    }

    /// <param name="Failure">Why it could not be opened; else there is a prefix.</param>
    private sealed record Opened(DatasetSettings Wanted, OpenedPrefix? Prefix, Exception? Failure);

    private sealed record ShownDataset(DatasetSettings Wanted, OpenedPrefix Prefix);
}
