using System.Text;
using S3Mount.FileSystem.Inodes;

namespace S3Mount.FileSystem.Tests.Inodes;

/// <summary>
/// Inode numbers outlive mounts: archives and caches of paths hold them. The expected values were computed apart, by FNV-1a
/// over the components with a slash after each, and MurmurHash3's 64-bit finisher.
/// </summary>
public sealed class PathHashTests
{
    [TestCase("a", 0x785efbd995e9db5eUL)]
    [TestCase("train/cat/001.jpg", 0x130d62955e66d1c1UL)]
    [TestCase("é", 0x9bc60690fd716584UL)]
    public void A_path_has_its_number_for_ever(string path, ulong ino) => Assert.That(InoOf(path), Is.EqualTo(ino));

    [Test]
    public void A_component_does_not_run_into_the_next()
    {
        Assert.That(InoOf("ab/c"), Is.Not.EqualTo(InoOf("a/bc")));
        Assert.That(InoOf("a/b"), Is.Not.EqualTo(InoOf("ab")));
    }

    [Test]
    public void Numbers_do_not_collide_in_a_large_tree()
    {
        var seen = new HashSet<ulong>();
        for (int directory = 0; directory < 100; directory++)
        {
            for (int file = 0; file < 2000; file++)
                Assert.That(seen.Add(InoOf($"train/n{directory:d8}/n{directory:d8}_{file}.JPEG")), Is.True);
        }
    }

    [Test]
    public void Zero_and_the_root_are_nobody_elses_numbers()
    {
        // The finisher maps 0 to 0, and this state to 1.
        Assert.That(PathHash.ToIno(0), Is.EqualTo(2));
        Assert.That(Enumerable.Range(0, 1000).Select(i => PathHash.ToIno((ulong)i)), Is.Unique.And.All.GreaterThan(1UL));
    }

    private static ulong InoOf(string path)
    {
        ulong state = PathHash.Root;
        foreach (string name in path.Split('/'))
            state = PathHash.Append(state, Encoding.UTF8.GetBytes(name));
        return PathHash.ToIno(state);
    }
}
