using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests;

/// <summary>Directories and files that another user has prepared. Most of it needs root, who alone can give files away.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PrivateDirectoryTests : IDisposable
{
    private const uint Stranger = 12345;

    private readonly TempDirectory _directory = new("s3mount-private");
    private readonly uint _user = Syscall.geteuid();

    public void Dispose() => _directory.Dispose();

    [Test]
    public void It_is_made_for_its_owner_alone()
    {
        Assert.That(PrivateDirectory.TryMake(_directory["a/b/c"], _user), Is.Null);
        Assert.That(PrivateDirectory.TryMake(_directory["a/b/c/"], _user), Is.Null, "it is there");
        Assert.That(Mode("a/b/c"), Is.EqualTo("700"));
        Assert.That(Mode("a/b"), Is.EqualTo("755"));
    }

    // Owner and mode of the parent, and of the directory; null: it is used.
    [TestCase("me 755", "me 700", null)]
    [TestCase("me 755", "me 755", null)]
    [TestCase("root 755", "me 755", null)]
    [TestCase("root 1777", "me 755", null)]
    [TestCase("me 755", "root 755", null)]
    [TestCase("me 755", "me 775", "can be written by other users")]
    [TestCase("me 755", "me 757", "can be written by other users")]
    [TestCase("me 755", "me 1777", "can be written by other users")]
    [TestCase("me 755", "stranger 700", "belongs to user 12345")]
    [TestCase("root 1777", "stranger 755", "belongs to user 12345")]
    [TestCase("me 775", "me 700", "can be replaced by other users")]
    [TestCase("me 777", "me 700", "can be replaced by other users")]
    [TestCase("root 777", "me 700", "can be replaced by other users")]
    [TestCase("stranger 755", "me 700", "can be replaced by user 12345")]
    [TestCase("stranger 1777", "me 700", "can be replaced by user 12345")]
    public void Owners_and_modes_are_looked_at_and_left(string parent, string directory, string? expected)
    {
        const uint User = 54321;
        if (_user != 0)
            Assert.Ignore("only root can give files away");
        _directory.CreateDirectory("parent/it");
        Prepare("parent/it", directory, User);
        Prepare("parent", parent, User);
        string? reason = PrivateDirectory.TryMake(_directory["parent/it"], User);
        Assert.That(reason, expected is null ? Is.Null : Does.StartWith($"{_directory["parent/it"]} {expected}"));
        Assert.That(Mode("parent/it"), Is.EqualTo(directory.Split(' ')[1]));
    }

    [Test]
    public void A_link_a_file_and_what_leads_nowhere_are_refused()
    {
        string own = _directory.CreateDirectory("own"), link = _directory["link"], file = _directory.Write("file", "text"), nowhere = _directory["nowhere"];
        File.CreateSymbolicLink(link, own);
        File.CreateSymbolicLink(nowhere, _directory["missing"]);
        Assert.That(PrivateDirectory.TryMake(link, _user), Is.EqualTo($"{link} is a link, not a directory"));
        Assert.That(PrivateDirectory.TryMake(link + "/", _user), Is.EqualTo($"{link} is a link, not a directory"));
        Assert.That(PrivateDirectory.TryMakeForOwnerAlone(link, _user), Is.EqualTo($"{link} is a link, not a directory"));
        Assert.That(PrivateDirectory.TryMake(nowhere, _user), Is.EqualTo($"{nowhere} is a link, not a directory"));
        Assert.That(PrivateDirectory.TryMake(file, _user), Is.EqualTo($"{file} is not a directory"));
        Assert.That(Directory.Exists(_directory["missing"]), Is.False);
    }

    [Test]
    public void What_it_grants_to_others_is_taken_back_only_where_it_is_for_the_owner_alone()
    {
        string directory = _directory.CreateDirectory("it");
        Prepare("it", "me 755", _user);
        Assert.That(PrivateDirectory.TryMake(directory, _user), Is.Null);
        Assert.That(Mode("it"), Is.EqualTo("755"));
        Assert.That(PrivateDirectory.TryMakeForOwnerAlone(directory, _user), Is.Null);
        Assert.That(Mode("it"), Is.EqualTo("700"));
        Prepare("it", "me 722", _user);
        Assert.That(PrivateDirectory.TryMakeForOwnerAlone(directory, _user), Does.Contain("can be written by other users"));
        Assert.That(Mode("it"), Is.EqualTo("722"));
    }

    [Test]
    public void A_file_is_not_opened_through_a_link([Values(FileMode.Open, FileMode.OpenOrCreate)] FileMode mode, [Values] bool isThere)
    {
        string link = _directory["link"], outside = _directory["outside"];
        if (isThere)
            File.WriteAllText(outside, "text");
        File.CreateSymbolicLink(link, outside);
        Assert.That(() => PlainFile.Open(link, mode, FileAccess.ReadWrite, FileShare.None), Throws.TypeOf<NotSupportedException>());
        Assert.That(File.Exists(outside), Is.EqualTo(isThere));
        Assert.That(() => PlainFile.Open(_directory.Path, FileMode.Open, FileAccess.Read, FileShare.Read), Throws.TypeOf<NotSupportedException>());
    }

    [Test]
    public void A_plain_file_is_opened_and_made()
    {
        string path = _directory["file"];
        using (SafeFileHandle made = PlainFile.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            RandomAccess.Write(made, "text"u8, 0);
        using SafeFileHandle file = PlainFile.Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Assert.That(RandomAccess.GetLength(file), Is.EqualTo(4));
        Assert.That(() => PlainFile.Open(path + "x", FileMode.Open, FileAccess.Read, FileShare.Read), Throws.TypeOf<FileNotFoundException>());
    }

    private void Prepare(string name, string ownerAndMode, uint me)
    {
        string[] parts = ownerAndMode.Split(' ');
        uint owner = parts[0] switch { "me" => me, "root" => 0, _ => Stranger };
        Assert.That(Syscall.chmod(_directory[name], (FilePermissions)Convert.ToUInt32(parts[1], 8)), Is.Zero);
        if (owner != _user)
            Assert.That(Syscall.chown(_directory[name], owner, owner), Is.Zero);
    }

    private string Mode(string name)
    {
        Assert.That(Syscall.lstat(_directory[name], out Stat stat), Is.Zero);
        return Convert.ToString((uint)(stat.st_mode & FilePermissions.ALLPERMS), 8).ToString(CultureInfo.InvariantCulture);
    }
}
