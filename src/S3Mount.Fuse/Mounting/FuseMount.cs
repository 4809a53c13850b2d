using System.Globalization;
using Mono.Unix.Native;
using S3Mount.Fuse.Interop;
using S3Mount.Fuse.Session;

namespace S3Mount.Fuse.Mounting;

/// <summary>
/// A mounted directory: by mount(2) where the process is privileged, by fusermount3 where it is not. The process that serves
/// a mount never touches a path inside it.
/// </summary>
public sealed class FuseMount
{
    private const string DevicePath = "/dev/fuse";

    private readonly MountTableEntry? _entry;
    private readonly FileDescriptor _descriptor;
    private readonly bool _isElsewhere;
    private readonly string? _device;

    private FuseMount(string mountpoint, FileDescriptor descriptor, MountTableEntry? entry)
    {
        Mountpoint = mountpoint;
        _descriptor = descriptor;
        Device = new FuseDevice(descriptor);
        _entry = entry;
    }

    private FuseMount(string mountpoint, FileDescriptor descriptor, string? device)
        : this(mountpoint, descriptor, entry: null) => (_isElsewhere, _device) = (true, device);

    /// <summary>The mountpoint as an absolute path without links, as in /proc/self/mountinfo.</summary>
    public string Mountpoint { get; }

    /// <summary>MAJOR:MINOR of the file system; null where it could not be seen. No other on this machine has it while this one lives.</summary>
    public string? DeviceNumber => _entry?.Device ?? _device;

    /// <summary>The device; its ownership passes to the <see cref="FuseSession"/>.</summary>
    public IFuseDevice Device { get; }

    /// <summary>
    /// Whether this machine lets this process mount, as far as that can be known without mounting: /dev/fuse and, without
    /// CAP_SYS_ADMIN, fusermount3. For before work that would be in vain.
    /// </summary>
    /// <exception cref="FuseException"><see cref="FuseFailure.NoDevice"/> or <see cref="FuseFailure.NoFusermount"/>.</exception>
    public static void CheckMachine()
    {
        using FileDescriptor? device = OpenDevice();
        // mount(2) of FUSE asks for the capability (fs/namespace.c, may_mount): without it the answer is known.
        if (device is null || !Capabilities.HasSysAdmin())
            Fusermount.Check();
    }

    /// <summary>Checks the mountpoint, opens /dev/fuse and mounts. The session must be started next.</summary>
    /// <param name="clear">
    /// Takes away what a dead daemon has left there. It is called right before mounting, because the directory below says that there are
    /// no files; null where there is nothing to clear.
    /// </param>
    /// <exception cref="FuseException">With the failure and a line that says what to do; nothing is left mounted.</exception>
    public static FuseMount Create(string mountpoint, FuseMountOptions options, Action? clear = null)
    {
        string path = clear is null ? MountpointCheck.Check(mountpoint) : MountpointPath.Resolve(mountpoint);
        FileDescriptor descriptor = MountDirectly(path, options, clear) ?? Fusermount.Mount(path, options);
        try
        {
            return new FuseMount(path, descriptor, MountTable.Find(path));
        }
        catch
        {
            descriptor.Dispose();
            Unmounter.Unmount(path, lazy: true);
            throw;
        }
    }

    /// <summary>Serves what somebody else has mounted with a descriptor of /dev/fuse, which this process was given. Never unmounted here.</summary>
    /// <param name="mountpoint">How it is called, for people.</param>
    /// <param name="descriptor">Owned by the mount from here on.</param>
    /// <exception cref="FuseException"><see cref="FuseFailure.NoDevice"/>: it is no such descriptor.</exception>
    public static FuseMount Attach(string mountpoint, int descriptor)
    {
        PassedDevice.Check(descriptor);
        _ = LibC.FCntl(descriptor, LibC.F_SETFD, LibC.FD_CLOEXEC);
        return new FuseMount(mountpoint, new FileDescriptor(descriptor), PassedDevice.DeviceNumberOf(descriptor));
    }

    /// <summary>Goes on with a mount that another process has made, whose descriptor this one was given.</summary>
    /// <param name="mountpoint">As that process resolved it.</param>
    /// <param name="deviceNumber">MAJOR:MINOR of its file system.</param>
    /// <param name="descriptor">Of /dev/fuse; owned by the mount from here on, also when it is null.</param>
    /// <returns>Null when that file system is not what is on top at the mountpoint: it was unmounted.</returns>
    public static FuseMount? Adopt(string mountpoint, string deviceNumber, int descriptor)
    {
        var owned = new FileDescriptor(descriptor);
        if (MountTable.Find(mountpoint) is { IsFuse: true } entry && entry.Device == deviceNumber)
            return new FuseMount(mountpoint, owned, entry);
        owned.Dispose();
        return null;
    }

    /// <summary>Lets somebody see the number of the device's descriptor, to give a copy of it to another process.</summary>
    /// <param name="use">The number is good until it returns.</param>
    /// <exception cref="ObjectDisposedException">The session has ended.</exception>
    public void WithDescriptor(Action<int> use)
    {
        bool isHeld = false;
        try
        {
            _descriptor.DangerousAddRef(ref isHeld);
            use(_descriptor.Value);
        }
        finally
        {
            if (isHeld)
                _descriptor.DangerousRelease();
        }
    }

    /// <summary>
    /// Raises read_ahead_kb of the mount's backing device to <paramref name="kibibytes"/> (the device number comes from
    /// /proc/self/mountinfo, never from a stat of the mount). False when not privileged: reads then stay at what INIT gave.
    /// </summary>
    /// <remarks>After the session has started: the answer to INIT lowers the value to max_readahead (process_init_reply).</remarks>
    public bool TrySetReadahead(int kibibytes)
    {
        if (DeviceNumber is not { } device)
            return false;
        try
        {
            File.WriteAllText($"/sys/class/bdi/{device}/read_ahead_kb", kibibytes.ToString(CultureInfo.InvariantCulture));
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Not privileged, or /sys is read-only as in most containers.
            return false;
        }
    }

    /// <summary>Unmounts; idempotent. What somebody else has mounted stays: it ends when the session closes the device.</summary>
    /// <param name="lazy">Detach now (MNT_DETACH), also when files are open.</param>
    /// <exception cref="FuseException"><see cref="FuseFailure.Busy"/> when files are open and not lazy.</exception>
    public void Unmount(bool lazy)
    {
        if (_isElsewhere)
            return;
        // Somebody may have unmounted it, and mounted something else there: only our own mount is ours to end.
        if (_entry is not null && !MountTable.Read().Any(entry => entry.MountId == _entry.MountId && entry.Mountpoint == Mountpoint))
            return;
        if (_entry is not null && MountTable.Find(Mountpoint)?.MountId != _entry.MountId)
            throw new FuseException(FuseFailure.Busy, $"something else is mounted on top of {Mountpoint}: unmount that first");
        Unmounter.Unmount(Mountpoint, lazy);
    }

    /// <summary>mount(2); null where the process may not, and fusermount3 must.</summary>
    private static FileDescriptor? MountDirectly(string path, FuseMountOptions options, Action? clear)
    {
        FileDescriptor? opened = OpenDevice();
        string text = opened is null ? "" : OptionsOf(opened.Value, options);
        try
        {
            clear?.Invoke();
        }
        catch
        {
            opened?.Dispose();
            throw;
        }
        if (opened is not { } descriptor)
            return null;
        ulong flags = LibC.MS_NOSUID | LibC.MS_NODEV | (options.ReadOnly ? LibC.MS_RDONLY : 0) | (options.NoExec ? LibC.MS_NOEXEC : 0);
        if (LibC.Mount(options.Source, path, "fuse." + options.Subtype, flags, text) == 0)
            return descriptor;
        Errno refusal = LibC.LastError;
        descriptor.Dispose();
        return refusal switch
        {
            Errno.EPERM or Errno.EACCES => null,
            Errno.ENODEV => throw NoDevice("the kernel has no FUSE"),
            Errno.ENOENT or Errno.ENOTDIR => throw new FuseException(FuseFailure.BadMountpoint, $"{path} is no directory any more"),
            _ => throw new FuseException(FuseFailure.MountFailed, $"mounting {path} failed ({refusal})"),
        };
    }

    /// <summary>Null where the process may not, and fusermount3 might.</summary>
    private static FileDescriptor? OpenDevice()
    {
        int fd = LibC.Open(DevicePath, LibC.O_RDWR | LibC.O_CLOEXEC);
        if (fd >= 0)
            return new FileDescriptor(fd);
        return LibC.LastError switch
        {
            Errno.EACCES or Errno.EPERM => null,
            Errno.ENOENT => throw NoDevice($"{DevicePath} does not exist"),
            Errno.ENODEV or Errno.ENXIO => throw NoDevice("the kernel has no FUSE"),
            var error => throw NoDevice($"{DevicePath} cannot be opened ({error})"),
        };
    }

    // fuse_fs_parameters, fs/fuse/inode.c: numbers are decimal, rootmode octal (a directory).
    private static string OptionsOf(int fd, FuseMountOptions options) =>
        string.Create(CultureInfo.InvariantCulture,
            $"fd={fd},rootmode=40000,user_id={LibC.GetEUid()},group_id={LibC.GetEGid()},max_read={options.MaxRead}")
        + (options.DefaultPermissions ? ",default_permissions" : "")
        + (options.AllowOther ? ",allow_other" : "");

    private static FuseException NoDevice(string what) =>
        new(FuseFailure.NoDevice, $"{what}: load the module with 'modprobe fuse', or let the container have /dev/fuse (--device /dev/fuse)");
}
