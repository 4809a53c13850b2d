using System.Net.Sockets;
using Mono.Unix.Native;
using S3Mount.FileSystem.SavedListings;
using S3Mount.FileSystem.Snapshots;
using S3Mount.FileSystem.Tests.Semantics;
using S3Mount.Testing;

namespace S3Mount.FileSystem.Tests.SavedListings;

/// <summary>Files that were not left by a mount of the same prefix, or not whole, and directories that cannot be used.</summary>
[CancelAfter(60_000)]
public sealed class SavedListingsFileTests
{
    [Test]
    public async Task Whatever_byte_is_damaged_the_file_is_of_no_use_and_goes()
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        byte[] bytes = await File.ReadAllBytesAsync(saved.FilePath);
        // The first eight say that it is ours, the two from 26 on of which kind.
        for (int i = 8; i < bytes.Length; i += i is > 24 and < 28 ? 2 : 1)
        {
            byte[] flipped = [.. bytes];
            flipped[i] ^= 0x10;
            await File.WriteAllBytesAsync(saved.FilePath, flipped);
            Assert.That((await saved.OpenAsync())!.Loaded, Is.Null, $"byte {i}");
            Assert.That((File.Exists(saved.FilePath), saved.Warnings.Count), Is.EqualTo((false, 1)), $"byte {i}");
            Assert.That(saved.Warnings[0], Does.StartWith($"--cache: the listings saved in {saved.FilePath} were of no use and are gone: ").And.EndsWith("; directories are listed anew"));
            saved.Warnings.Clear();
        }
    }

    [TestCase(10, "the file was cut short")]
    [TestCase(200, "the file was cut short")]
    public async Task A_file_that_was_cut_short_goes_and_the_mount_lists_anew(int length, string reason)
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        await File.WriteAllBytesAsync(saved.FilePath, (await File.ReadAllBytesAsync(saved.FilePath))[..length]);
        await using (MountRig rig = await saved.MountAsync())
        {
            Assert.That(saved.Warnings.Single(), Does.Contain(reason));
            Assert.That(await rig.ListAsync("b"), Is.EqualTo((string[])["4", "é"]));
            Assert.That(saved.Store.Lists, Is.EqualTo(2));
        }
        Assert.That(ListingSaverTests.Listed(saved.Read()), Is.EqualTo((string[])["b/"]), "there is a good one again");
    }

    [Test]
    public async Task A_file_of_another_bucket_goes()
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        await using var other = new SavedRig { Origin = saved.Origin with { Bucket = "other" } };
        Directory.CreateDirectory(Path.GetDirectoryName(other.FilePath)!);
        File.Copy(saved.FilePath, other.FilePath);
        Assert.That((await other.OpenAsync())!.Loaded, Is.Null);
        Assert.That((File.Exists(other.FilePath), other.Warnings.Single()), Is.EqualTo((false, other.Warnings[0])));
        Assert.That(other.Warnings[0], Does.Contain("they are of another bucket or prefix"));
    }

    [Test]
    public async Task What_is_not_ours_stays([Values("PK and so on, and longer than the beginning of a file", "x")] string text)
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        await File.WriteAllTextAsync(saved.FilePath, text);
        Assert.That(await saved.OpenAsync(), Is.Null);
        Assert.That(saved.Warnings.Single(), Is.EqualTo($"--cache: {saved.FilePath} is there and is none that a mount has saved; remove it; listings are not kept"));
        Assert.That(await File.ReadAllTextAsync(saved.FilePath), Is.EqualTo(text));
    }

    [Test]
    public async Task A_pinned_dataset_is_never_taken_for_saved_listings_nor_replaced(CancellationToken cancellationToken)
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        await File.WriteAllBytesAsync(saved.FilePath, [], cancellationToken);
        await SnapshotWriter.CreateAsync(saved.Store, saved.Origin, saved.FilePath, TimeProvider.System, cancellationToken);
        Assert.That(await saved.OpenAsync(), Is.Null);
        Assert.That(SnapshotFile.Open(saved.FilePath).Summary.Files, Is.EqualTo(6));
    }

    [Test]
    public async Task Saved_listings_are_never_taken_for_a_pinned_dataset_nor_replaced(CancellationToken cancellationToken)
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        Assert.That(
            Assert.Throws<SnapshotException>(() => SnapshotFile.Open(saved.FilePath))!.Message,
            Is.EqualTo($"{saved.FilePath} holds the listings that a mount has saved for the next one, and is no pinned dataset; make one with: s3mount snapshot create BUCKET/PREFIX FILE"));
        Assert.That(
            async () => await SnapshotWriter.CreateAsync(saved.Store, saved.Origin, saved.FilePath, TimeProvider.System, cancellationToken),
            Throws.TypeOf<SnapshotException>().With.Message.Contains("is there and is not a snapshot"));
        Assert.That((await saved.OpenAsync())!.Loaded, Is.Not.Null);
    }

    [Test]
    public async Task The_directories_are_made_for_their_owner_alone_and_leftovers_go()
    {
        await using var saved = new SavedRig("a/1");
        Assert.That(await saved.OpenAsync(), Is.Not.Null);
        string listings = Path.GetDirectoryName(saved.FilePath)!;
        Assert.That((ModeOf(saved.DirectoryPath), ModeOf(listings)), Is.EqualTo((FilePermissions.S_IRWXU, FilePermissions.S_IRWXU)));
        string old = Path.Combine(listings, $".{Path.GetFileName(saved.FilePath)}.old");
        string young = Path.Combine(listings, $".{Path.GetFileName(saved.FilePath)}.young");
        await File.WriteAllTextAsync(old, "half");
        await File.WriteAllTextAsync(young, "half");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        await saved.OpenAsync();
        Assert.That((File.Exists(old), File.Exists(young)), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task Who_mounts_again_waits_for_what_is_being_written_but_not_for_ever(CancellationToken cancellationToken)
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        SavedListingsFile writing = (await saved.OpenAsync())!;
        var time = new FakeTimeProvider();
        Task<SavedListingsFile?> opening;
        using (writing.TryLock())
        {
            opening = saved.OpenAsync(time);
            await time.WaitForTimersAsync(1, cancellationToken);
            Assert.That(opening.IsCompleted, Is.False);
            Task<SavedListingsFile?> patient = saved.OpenAsync(time);
            await time.AdvanceUntilAsync(Task.WhenAll(opening, patient), cancellationToken);
            Assert.That(time.GetElapsedTime(0).TotalSeconds, Is.InRange(5, 10.1));
        }
        Assert.That((await saved.OpenAsync(time))!.Loaded, Is.Not.Null);
        Assert.That(time.ActiveTimers, Is.Zero);
    }

    [Test]
    public async Task A_lock_that_cannot_be_had_is_one_line_and_no_wait([Values] bool isDirectory)
    {
        await using SavedRig saved = await SavedListingsTests.LearntAsync();
        string held = saved.FilePath + ".lock";
        File.Delete(held);
        // Nobody can open either, whatever his rights.
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        if (isDirectory)
            Directory.CreateDirectory(held);
        else
            BindTo(socket, held);
        var time = new FakeTimeProvider();
        Assert.That(await saved.OpenAsync(time).WaitAsync(TimeSpan.FromSeconds(5), TestContext.CurrentContext.CancellationToken), Is.Null, "on a clock that stands still");
        Assert.That(saved.Warnings.Single(), Does.StartWith($"--cache: {saved.FilePath} cannot be used: ").And.Contain(held).And.EndsWith("; listings are not kept"));
        await using (MountRig rig = await saved.MountAsync())
        {
            Assert.That(await rig.ListAsync("b"), Is.EqualTo((string[])["4", "é"]));
            Assert.That(saved.Store.Lists, Is.GreaterThan(0));
        }
        if (isDirectory)
            Directory.Delete(held);
        else
            File.Delete(held);
        Assert.That((await saved.OpenAsync(time))!.Loaded, Is.Not.Null, "what was there has stayed");
    }

    [Test]
    public async Task A_directory_that_cannot_be_used_is_one_line(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        string file = directory.Write("file", "text");
        var warnings = new List<string>();
        var origin = new SnapshotOrigin { Bucket = "bucket" };
        Assert.That(await SavedListingsFile.TryOpenAsync(file, origin, TimeProvider.System, warnings.Add, cancellationToken), Is.Null);
        Assert.That(await SavedListingsFile.TryOpenAsync("/proc/nothing", origin, TimeProvider.System, warnings.Add, cancellationToken), Is.Null);
        Assert.That(await SavedListingsFile.TryOpenAsync(file + "/below", origin, TimeProvider.System, warnings.Add, cancellationToken), Is.Null);
        Assert.That(warnings, Has.Count.EqualTo(3).And.All.StartsWith("--cache: ").And.All.EndsWith("; listings are not kept"));
        Assert.That(warnings[0], Is.EqualTo($"--cache: {file} is not a directory; listings are not kept"));
    }

    [Test]
    public async Task Directories_that_others_may_write_and_links_are_not_used(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        var warnings = new List<string>();
        var origin = new SnapshotOrigin { Bucket = "bucket" };
        string open = directory.CreateDirectory("open"), own = directory.CreateDirectory("own"), outside = directory["outside"];
        Assert.That(Syscall.chmod(open, FilePermissions.S_IRWXU | FilePermissions.S_IWGRP), Is.Zero);
        File.CreateSymbolicLink(directory["link"], own);
        foreach (string one in (string[])["open", "link"])
            Assert.That(await SavedListingsFile.TryOpenAsync(directory[one], origin, TimeProvider.System, warnings.Add, cancellationToken), Is.Null);
        Assert.That(warnings[0], Does.Contain("can be written by other users"));
        Assert.That(warnings[1], Does.Contain("is a link"));
        Assert.That(Directory.GetFileSystemEntries(open).Concat(Directory.GetFileSystemEntries(own)), Is.Empty);
        // Where the lock of a listings file would be made.
        SavedListingsFile? file = await SavedListingsFile.TryOpenAsync(own, origin, TimeProvider.System, warnings.Add, cancellationToken);
        File.CreateSymbolicLink(file!.Path + ".lock", outside);
        Assert.That(file.TryLock(), Is.Null);
        Assert.That(File.Exists(outside), Is.False);
    }

    [Test]
    public void Of_buckets_of_the_same_name_in_several_partitions_each_has_its_file()
    {
        var origin = new SnapshotOrigin { Bucket = "bucket", Prefix = "p/", Region = "us-east-1" };
        // SHA-256 of "\nbucket\np/", as it was before partitions were told apart.
        Assert.That(SavedListingsFile.NameOf(origin), Is.EqualTo("b1b7b84f143b07baef5d94f2c7c795cd.listings"));
        Assert.That(SavedListingsFile.NameOf(origin with { Region = "eu-west-3" }), Is.EqualTo(SavedListingsFile.NameOf(origin)));
        Assert.That(SavedListingsFile.NameOf(origin with { Region = "us-gov-east-1" }), Is.Not.EqualTo(SavedListingsFile.NameOf(origin)));
        Assert.That(SavedListingsFile.NameOf(origin with { Region = "cn-north-1" }), Is.Not.EqualTo(SavedListingsFile.NameOf(origin with { Region = "us-gov-east-1" })));
    }

    // A socket's path may not be as long as a file's.
    private static void BindTo(Socket socket, string path)
    {
        using var directory = new TempDirectory();
        socket.Bind(new UnixDomainSocketEndPoint(directory["s"]));
        File.Move(directory["s"], path);
    }

    private static FilePermissions ModeOf(string path)
    {
        Assert.That(Syscall.stat(path, out Stat stat), Is.Zero);
        return stat.st_mode & FilePermissions.ALLPERMS;
    }
}
