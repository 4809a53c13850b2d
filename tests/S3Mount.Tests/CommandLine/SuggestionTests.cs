using S3Mount.CommandLine;

namespace S3Mount.Tests.CommandLine;

[TestFixture]
public sealed class SuggestionTests
{
    private static readonly string[] _names = [.. MountOptions.Keys.Select(option => option.Name)];

    [TestCase("metadata-tll", "metadata-ttl")]
    [TestCase("metdata-ttl", "metadata-ttl")]
    [TestCase("memroy", "memory")]
    [TestCase("cahce", "cache")]
    [TestCase("uidd", "uid")]
    [TestCase("mount-point", "mountpoint")]
    [TestCase("max-conections", "max-connections")]
    [TestCase("negative-metadata-tl", "negative-metadata-ttl")]
    [TestCase("nope", null)]
    [TestCase("x", null)]
    [TestCase("", null)]
    [TestCase("aws-secret-access-key", null)]
    public void What_is_near_is_suggested_and_nothing_else(string written, string? expected) => Assert.That(Suggestion.For(written, _names), Is.EqualTo(expected));

    [Test]
    public void Every_name_is_found_without_one_of_its_letters()
    {
        foreach (string name in _names.Where(name => name.Length > 3))
        {
            for (int i = 0; i < name.Length; i++)
                Assert.That(Suggestion.For(name.Remove(i, 1), _names), Is.EqualTo(name), name.Remove(i, 1));
        }
    }

    [TestCase("", "abc", 3)]
    [TestCase("abc", "abc", 0)]
    [TestCase("abc", "acb", 1)]
    [TestCase("kitten", "sitting", 3)]
    [TestCase("ca", "abc", 3)]
    public void Distances_are_those_of_the_optimal_string_alignment(string left, string right, int distance)
    {
        Assert.That(Suggestion.Distance(left, right), Is.EqualTo(distance));
        Assert.That(Suggestion.Distance(right, left), Is.EqualTo(distance));
    }

    [Test]
    public void What_is_as_long_as_a_file_is_not_compared() => Assert.That(Suggestion.For(new string('m', 1 << 20), _names), Is.Null);
}
