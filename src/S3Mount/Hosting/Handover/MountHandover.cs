using Microsoft.Extensions.Logging;
using S3Mount.FileSystem;
using S3Mount.FileSystem.Handover;
using S3Mount.FileSystem.Inodes;
using S3Mount.Fuse.Mounting;
using S3Mount.Fuse.Session;
using S3Mount.Hosting.Services;

namespace S3Mount.Hosting.Handover;

/// <summary>
/// A mount that outlives its process: systemd keeps the descriptor of /dev/fuse and what the next process has to know
/// (FileDescriptorStoreMax= of the unit), while that is started. Open files go on after a pause when the service is restarted; when it has
/// crashed, the mount is there again, and files can be opened.
/// </summary>
internal sealed class MountHandover : IDisposable
{
    /// <summary>The names in systemd's store.</summary>
    public const string DeviceName = "s3mount-fuse";
    public const string StateName = "s3mount-state";

    private const int Descriptors = 2;

    /// <summary>Half of what there are: each process takes 65,536 at least, so that it is reached after 16,000 crashes of one mount.</summary>
    private const int MostNumbers = int.MaxValue / 2;

    private readonly ServiceNotifier _notifier;
    private readonly PassedDescriptors _passed;
    private readonly string _unit;
    private readonly ILogger _logger;
    private HandoverFile _file;
    private TakenMount? _taken;
    private string? _takenStore;
    private Stream? _inodes;

    private MountHandover(ServiceNotifier notifier, PassedDescriptors passed, string unit, ILogger logger) =>
        (_notifier, _passed, _unit, _logger, _file) = (notifier, passed, unit, logger, HandoverFile.Create());

    /// <summary>Null where nobody would keep anything: not under systemd, or with another unit. What such a unit still holds is let go of.</summary>
    public static MountHandover? TryCreate(ServiceNotifier notifier, PassedDescriptors passed, string? unit, ILogger logger)
    {
        if (notifier.HasListener && !string.IsNullOrEmpty(unit))
            return new MountHandover(notifier, passed, unit, logger);
        foreach (string name in (ReadOnlySpan<string>)[DeviceName, StateName])
        {
            if (passed.Take(name) is not { } descriptor)
                continue;
            // Whoever waits for an answer there would wait as long as one of the two is open.
            _ = Interop.LibC.Close(descriptor);
            notifier.Remove(name);
        }
        return null;
    }

    /// <summary>
    /// The mount of the process before, if it has left one and it is the one that is wanted now. If it is another (the settings have changed),
    /// that one is unmounted.
    /// </summary>
    public TakenMount? Take(MountIdentity wanted)
    {
        int? device = _passed.Take(DeviceName), state = _passed.Take(StateName);
        if (device is not { } descriptor)
        {
            if (state is { } useless)
                HandoverFile.Open(useless).Dispose();
            return null;
        }
        HandoverFile? file = state is { } number ? HandoverFile.Open(number) : null;
        HandoverHead? head = ReadHead(file);
        if (head is null || file is null)
        {
            Interop.LibC.Close(descriptor);
            file?.Dispose();
            return Refuse("what it has left cannot be read");
        }
        var agreement = new FuseAgreement(head.Minor, head.Flags, head.MaxPages);
        if (FuseMount.Adopt(head.Mount.Mountpoint, head.DeviceNumber, descriptor) is not { } mount)
        {
            file.Dispose();
            return Refuse("it was unmounted meanwhile");
        }
        _inodes = OpenInodes(file);
        string? reason = head.Mount != wanted ? "the settings have changed"
            : _inodes is null && !agreement.CanForgetNames ? "it has crashed, and the kernel cannot be told to forget what names stood for (Linux 6.16 can)"
            : file.Reserved > MostNumbers ? "after so many crashes there are too few node ids left"
            : null;
        if (reason is not null)
        {
            mount.Device.Dispose();
            mount.Unmount(lazy: true);
            _inodes = null;
            file.Dispose();
            return Refuse(reason);
        }
        _file.Dispose();
        (_file, _takenStore) = (file, head.Store);
        return _taken = new TakenMount(mount, agreement);
    }

    /// <summary>The mount that was taken, if it is one of the store that was opened now. If it is another's, it is unmounted.</summary>
    /// <param name="store">As <see cref="HandoverHead.Store"/>.</param>
    public TakenMount? Confirm(TakenMount taken, string store)
    {
        if (store == _takenStore)
            return taken;
        taken.Mount.Device.Dispose();
        taken.Mount.Unmount(lazy: true);
        _file.Dispose();
        (_file, _taken, _inodes) = (HandoverFile.Create(), null, null);
        return Refuse("it is of another store");
    }

    /// <summary>Whether node ids of the process before mean nothing to this one.</summary>
    public bool IsAfterCrash => _taken is not null && _inodes is null;

    /// <summary>Makes a file system of what was left; where that cannot be used, being of another version for example, as after a crash.</summary>
    public T WithInodes<T>(Func<InodeStart, T> create)
    {
        try
        {
            return create(Fresh() with { State = _inodes });
        }
        catch (Exception e) when (_inodes is not null && e is InvalidDataException or IOException)
        {
            _logger.HandoverDamaged(e.Message);
            _inodes = null;
            return create(Fresh());
        }
    }

    /// <summary>All that was left has been taken: it is good for nobody else.</summary>
    public void Begin() => _file.ForgetInodes();

    /// <summary>The mount answers: from now on it may outlive this process.</summary>
    public void Keep(FuseMount mount, MountIdentity identity, string store, FuseAgreement agreement)
    {
        if (mount.DeviceNumber is not { } device || !agreement.CanResend)
            return;
        _file.WriteHead(new HandoverHead(identity, store, device, agreement.Minor, agreement.Flags, agreement.MaxPages));
        _notifier.Store(StateName, _file.Descriptor);
        mount.WithDescriptor(descriptor => _notifier.Store(DeviceName, descriptor));
    }

    /// <summary>Whether the process that is told to end now is followed by another at once.</summary>
    public Task<bool> IsWantedAsync() => RestartQuestion.AskAsync(_unit, Descriptors);

    /// <summary>For the next process. The session calls it when no lookup count changes any more.</summary>
    /// <exception cref="IOException">No memory; the next process then begins as after a crash.</exception>
    public void Save(IMountedFiles fileSystem) => _file.WriteInodes(fileSystem.SaveInodes);

    /// <summary>Nobody goes on with it: whoever waits for an answer is told so as soon as no descriptor is left.</summary>
    public void LetGo()
    {
        _notifier.Remove(DeviceName);
        _notifier.Remove(StateName);
    }

    public void Dispose() => _file.Dispose();

    private Stream? OpenInodes(HandoverFile file)
    {
        try
        {
            return file.OpenInodes();
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            _logger.HandoverDamaged(e.Message);
            return null;
        }
    }

    private InodeStart Fresh() => new() { Numbers = new NodeNumbers(_file.Reserved, _file.Reserve) };

    private TakenMount? Refuse(string reason)
    {
        _logger.HandoverRefused(reason);
        LetGo();
        return null;
    }

    private static HandoverHead? ReadHead(HandoverFile? file)
    {
        try
        {
            return file?.ReadHead();
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return null;
        }
    }
}
