using S3Mount.Control.Client;
using S3Mount.Testing;

namespace S3Mount.Tests.Control;

/// <summary>Who readers are, by a /proc that was made up, and by the real one.</summary>
[TestFixture]
public sealed class ProcessNamesTests
{
    // Above the largest pid of Linux (4,194,304): nobody has it.
    private const uint Nobody = 5_000_000;

    private TempDirectory _proc = null!;

    [SetUp]
    public void Make_proc() => _proc = new TempDirectory("s3mount-proc");

    [TearDown]
    public void Remove_proc() => _proc.Dispose();

    [Test]
    public void Threads_are_told_by_their_process()
    {
        Add(Nobody, process: Nobody, "py\e[2Jthon\n");
        Add(Nobody + 1, process: Nobody, "worker");
        IReadOnlyDictionary<uint, ReaderProcess> found = new ProcessNames(isHere: true, _proc.Path).Find([Nobody + 1, Nobody, 0], _ => true);
        Assert.That(found, Is.EqualTo(new Dictionary<uint, ReaderProcess>
        {
            [Nobody + 1] = new(Nobody, "py\e[2Jthon", null),
            [Nobody] = new(Nobody, "py\e[2Jthon", null),
            [0] = new(0, "", "other pid namespace"),
        }));
    }

    [Test]
    public void One_that_ends_keeps_its_name_and_one_that_was_never_seen_has_none()
    {
        var names = new ProcessNames(isHere: true, _proc.Path);
        Add(Nobody, process: Nobody, "cat\n");
        names.Find([Nobody], _ => true);
        Directory.Delete(_proc[$"{Nobody}"], recursive: true);
        Assert.That(names.Find([Nobody], _ => false)[Nobody].Text, Is.EqualTo("cat"), "not looked at");
        Assert.That(names.Find([Nobody, Nobody + 1], _ => true).Values.Select(process => process.Text), Is.EqualTo((string[])["cat (ended)", "ended"]));
        Assert.That(names.Find([Nobody], _ => true)[Nobody].Text, Is.EqualTo("cat (ended)"));
    }

    [Test]
    public void One_that_lives_and_is_not_shown_is_hidden() =>
        Assert.That(new ProcessNames(isHere: true, _proc.Path).Find([(uint)Environment.ProcessId], _ => true).Values.Single().Text, Is.EqualTo("hidden from this user"));

    [Test]
    public void Of_a_mount_in_another_namespace_no_name_is_guessed() =>
        Assert.That(new ProcessNames(isHere: false).Find([(uint)Environment.ProcessId], _ => true).Values.Single().Text, Is.EqualTo("not seen from here"));

    [Test]
    public void The_real_proc_knows_this_process()
    {
        uint self = (uint)Environment.ProcessId;
        Assert.That(new ProcessNames(isHere: true).Find([self], _ => true)[self], Is.EqualTo(new ReaderProcess(self, File.ReadAllText("/proc/self/comm").TrimEnd('\n'), null)));
        Assert.That((ProcessNames.AreHere(Environment.ProcessId, Environment.ProcessId), ProcessNames.AreHere(0, 1)), Is.EqualTo((true, false)));
    }

    private void Add(uint thread, uint process, string name)
    {
        string directory = _proc.CreateDirectory($"{thread}");
        File.WriteAllText(Path.Join(directory, "status"), $"Name:\tx\nUmask:\t0022\nTgid:\t{process}\nNgid:\t0\n");
        File.WriteAllText(Path.Join(directory, "comm"), name);
    }
}
