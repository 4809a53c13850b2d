using Mono.Unix.Native;
using S3Mount.Doctor.Machine;
using S3Mount.Fuse.Mounting;
using S3Mount.Testing;

namespace S3Mount.Tests.Doctor;

/// <summary>A machine in a directory, on which everything is as it should be until a test changes it.</summary>
internal sealed class MachineRoot : IDisposable
{
    public const string AllCapabilities = "000001ffffffffff";
    public const string WithoutSysAdmin = "000001ffffdfffff";

    private readonly TempDirectory _directory = new("s3mount-doctor");

    public MachineRoot()
    {
        Write("proc/sys/kernel/osrelease", "6.18.1-generic\n");
        Write("proc/meminfo", "MemTotal:       16777216 kB\n");
        Write("proc/self/limits", "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1024                 524288               files     \n");
        WriteStatus();
        Write("etc/fuse.conf", "# comment\nuser_allow_other\n");
        string program = Write("usr/bin/fusermount3", "");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.SetUser);
        Machine = new ExaminedMachine
        {
            Root = _directory.Path,
            User = 1000,
            Variable = _ => null,
            OpenDevice = path => path == _directory["dev/fuse"] ? 0 : Errno.ENOENT,
            Mounts = () => [],
            IsDead = _ => false,
        };
    }

    public ExaminedMachine Machine { get; set; }

    public string this[string path] => _directory[path];

    public string Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory[path])!);
        return _directory.Write(path, text);
    }

    public void WriteStatus(string effective = AllCapabilities, string bounding = AllCapabilities, int noNewPrivileges = 0) =>
        Write("proc/self/status", $"Name:\ts3mount\nCapEff:\t{effective}\nCapBnd:\t{bounding}\nNoNewPrivs:\t{noNewPrivileges}\n");

    public static MountTableEntry Mount(string mountpoint, string type) => new(7, "0:57", mountpoint, type, "s3mount#bucket", "ro,user_id=0");

    public void Dispose() => _directory.Dispose();
}
