using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>Who may see what, when root has mounted.</summary>
public sealed class PermissionTests : MountTest
{
    private const string Bucket = "permissions";
    private const string Owner = "4242";
    private const string Stranger = "12345";
    private const string Denied = "Permission denied";

    private S3TestServer _server = null!;

    [OneTimeSetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync();
        _server.CreateBucket(Bucket).Put("dir/file", "secret");
    }

    [OneTimeTearDown]
    public async Task End_the_store()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Test]
    public async Task Nobody_else_gets_in_not_even_to_what_the_page_cache_holds()
    {
        MountedBucket mount = await MountAsync();
        Assert.That((await Client.ShellAsync("cat $1/dir/file", mount.Path)).Output, Is.EqualTo("secret"));
        await AssertDeniedAsync(Stranger, mount, "cat $1/dir/file", "ls $1", "stat $1/dir", "cd $1");
    }

    [Test]
    public async Task Allow_other_lets_everybody_read_and_nobody_write()
    {
        MountedBucket mount = await MountAsync("--allow-other");
        Assert.That((await Client.TryShellAsUserAsync(Stranger, "ls -R $1/dir && cat $1/dir/file", mount.Path)).Output, Does.EndWith("secret"));
        ChildResult write = await Client.TryShellAsUserAsync(Stranger, "echo x > $1/dir/file; touch $1/new", mount.Path);
        Assert.That(write.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2).And.All.Match("Permission denied|Read-only file system"));
        Assert.That(MountedPaths.OptionsOf(mount.Path).Split(','), Does.Contain("allow_other").And.Contain("default_permissions"));
    }

    [Test]
    public async Task Owner_group_and_modes_decide_who_reads()
    {
        MountedBucket mount = await MountAsync("--allow-other", "--uid", Owner, "--gid", "777", "--file-mode", "0640", "--dir-mode", "0750");
        ChildResult stat = await Client.ShellAsync("stat -c '%a %u %g' $1 $1/dir $1/dir/file", mount.Path);
        Assert.That(stat.OutputLines, Is.EqualTo((string[])["750 4242 777", "750 4242 777", "640 4242 777"]));
        Assert.That((await Client.TryShellAsUserAsync(Owner, "cat $1/dir/file", mount.Path)).Output, Is.EqualTo("secret"));
        Assert.That((await Client.ShellAsync("setpriv --reuid=12345 --regid=777 --clear-groups cat $1/dir/file", mount.Path)).Output, Is.EqualTo("secret"));
        await AssertDeniedAsync(Stranger, mount, "cat $1/dir/file", "ls $1");
    }

    [Test]
    public async Task Names_of_users_and_groups_are_taken()
    {
        MountedBucket mount = await MountAsync("-o", "allow_other,uid=nobody,gid=nogroup");
        Assert.That((await Client.ShellAsync("stat -c '%U %G' $1/dir/file", mount.Path)).Output.Trim(), Is.EqualTo("nobody nogroup"));
    }

    [Test]
    public async Task Allow_root_lets_in_the_owner_and_root_alone()
    {
        MountedBucket mount = await MountAsync("--allow-root", "--uid", Owner);
        Assert.That((await Client.ShellAsync("cat $1/dir/file", mount.Path)).Output, Is.EqualTo("secret"));
        Assert.That((await Client.TryShellAsUserAsync(Owner, "cat $1/dir/file", mount.Path)).Output, Is.EqualTo("secret"));
        await AssertDeniedAsync(Stranger, mount, "cat $1/dir/file", "ls $1", "stat $1/dir/file", "cd $1");
        Assert.That((await Client.ShellAsync("stat -c %a $1 $1/dir/file", mount.Path)).OutputLines, Is.EqualTo((string[])["500", "400"]));
    }

    private static async Task AssertDeniedAsync(string user, MountedBucket mount, params string[] commands)
    {
        foreach (string command in commands)
        {
            ChildResult result = await Client.TryShellAsUserAsync(user, command, mount.Path);
            Assert.That((result.ExitCode != 0, result.Output), Is.EqualTo((true, "")), command);
            Assert.That(result.Error, Does.Contain(Denied), command);
        }
    }

    private Task<MountedBucket> MountAsync(params string[] arguments) =>
        MountAsync(new MountSetup { Store = StoreAddress.Of(_server), Target = Bucket, Arguments = arguments });
}
