using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace S3Mount.Tests.Architecture;

/// <summary>The arrows between the rooms, read from their project files.</summary>
[TestFixture]
public sealed class ArrowsTests
{
    private static readonly string[] _logging = ["Microsoft.Extensions.Logging.Abstractions"];

    private static IEnumerable<TestCaseData> Rooms()
    {
        yield return new TestCaseData("S3Mount.Fuse", Array.Empty<string>());
        yield return new TestCaseData("S3Mount.ObjectStore", Array.Empty<string>());
        yield return new TestCaseData("S3Mount.FileSystem", new[] { "S3Mount.Fuse", "S3Mount.ObjectStore" });
        yield return new TestCaseData("S3Mount", new[] { "S3Mount.FileSystem" });
    }

    [TestCaseSource(nameof(Rooms))]
    public void A_room_refers_only_to_the_rooms_below_it(string room, string[] below) =>
        Assert.That(References(room, "ProjectReference").Select(Path.GetFileNameWithoutExtension), Is.EquivalentTo(below));

    [Test]
    public void There_is_no_room_without_a_rule() =>
        Assert.That(Directory.GetDirectories(Path.Combine(Root(), "src")).Select(Path.GetFileName), Is.EquivalentTo(Rooms().Select(room => room.Arguments[0])));

    [Test]
    public void Only_the_object_store_knows_the_AWS_SDK()
    {
        string[] rooms = [.. Rooms().Select(room => (string)room.Arguments[0]!)];
        Assert.That(
            rooms.Where(room => References(room, "PackageReference").Any(package => package.StartsWith("AWSSDK.", StringComparison.Ordinal))),
            Is.EqualTo(new[] { "S3Mount.ObjectStore" }));
    }

    [Test]
    public void The_kernel_protocol_needs_no_package_but_logging_and_Mono_Posix() =>
        Assert.That(References("S3Mount.Fuse", "PackageReference"), Is.EquivalentTo(_logging.Append("Mono.Posix.NETStandard")));

    [TestCase("S3Mount.Fuse", "S3Mount.ObjectStore")]
    [TestCase("S3Mount.ObjectStore", "S3Mount.Fuse")]
    public void Protocol_and_store_do_not_speak_of_each_other(string room, string other)
    {
        IEnumerable<string> sources = Directory.EnumerateFiles(Path.Combine(Root(), "src", room), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
        Assert.That(sources, Is.Not.Empty);
        Assert.That(sources.Where(file => File.ReadAllText(file).Contains(other, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Versions_are_said_in_one_place()
    {
        IEnumerable<string> projects = Directory.EnumerateFiles(Root(), "*.csproj", SearchOption.AllDirectories);
        Assert.That(projects.Where(project => XDocument.Load(project).Descendants("PackageReference").Any(package => package.Attribute("Version") is not null)), Is.Empty);
    }

    private static string[] References(string room, string kind) =>
        [.. XDocument.Load(Path.Combine(Root(), "src", room, room + ".csproj")).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value)];

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
