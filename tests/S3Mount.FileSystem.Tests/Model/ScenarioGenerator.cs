using System.Text;
using FsCheck;
using FsCheck.Fluent;
using S3Mount.ObjectStore;

namespace S3Mount.FileSystem.Tests.Model;

/// <summary>Random scenarios, and smaller ones from one that fails.</summary>
internal static class ScenarioGenerator
{
    // '.' and '0' are the neighbours of '/'; U+FFFD sorts after the surrogate pair in UTF-16 and before it in UTF-8.
    private static readonly string[] _components =
    [
        "a", "a", "b", "a-", "a.", "a.b", "a0", "a!", "-", "0", ".", "..", "", "é", "\uFFFD", "\U0001F600", "\u0001", " ",
        new('n', 255), new('n', 256),
    ];

    private static readonly (int, OperationKind)[] _weights =
    [
        (6, OperationKind.Put), (2, OperationKind.Delete), (4, OperationKind.Advance), (6, OperationKind.LookUp), (2, OperationKind.LookUpMissing),
        (3, OperationKind.List), (1, OperationKind.BeginList), (2, OperationKind.ContinueList), (3, OperationKind.GetAttributes),
        (4, OperationKind.Read), (2, OperationKind.Forget),
    ];

    public static Gen<Scenario> Create(int operations) =>
        from prefix in Gen.Elements("", "", "a/", "p/q/")
        from pageSize in Gen.Frequency((3, Gen.Choose(1, 5)), (1, Gen.Constant(1000)))
        from keys in Gen.ListOf(KeyOf(prefix), 10)
        from steps in Gen.ArrayOf(OneOperation, operations)
        select new Scenario(prefix, pageSize, [.. keys.Where(key => ObjectKey.CanExist(Encoding.UTF8.GetBytes(key))).Distinct().DefaultIfEmpty(prefix + "a")], steps);

    /// <summary>The scenario with fewer steps: halves and quarters left out, then single steps.</summary>
    public static IEnumerable<Scenario> Shrink(Scenario scenario)
    {
        int count = scenario.Operations.Length;
        for (int size = count / 2; size >= 1; size /= 2)
        {
            for (int start = 0; start + size <= count; start += size)
                yield return scenario with { Operations = [.. scenario.Operations[..start], .. scenario.Operations[(start + size)..]] };
        }
    }

    private static Gen<Operation> OneOperation =>
        from kind in Gen.Frequency(_weights.Select(weight => (weight.Item1, Gen.Constant(weight.Item2))))
        from a in Gen.Choose(0, 1 << 20)
        from b in Gen.Choose(0, 1 << 20)
        from c in Gen.Choose(0, 1 << 20)
        select new Operation(kind, a, b, c);

    private static Gen<string> KeyOf(string prefix) => Gen.Frequency(
        (20, from key in Path select prefix + key),
        (2, from key in Path select key),
        (1, Gen.Constant(Longest(prefix))));

    private static Gen<string> Path =>
        from length in Gen.Frequency((4, Gen.Constant(1)), (4, Gen.Constant(2)), (2, Gen.Constant(3)), (1, Gen.Constant(4)))
        from components in Gen.ArrayOf(Gen.Elements(_components), length)
        from marker in Gen.Frequency((4, Gen.Constant("")), (1, Gen.Constant("/")))
        select string.Join('/', components) + marker;

    private static string Longest(string prefix)
    {
        string deep = prefix + string.Concat(Enumerable.Repeat(new string('n', 255) + "/", 3));
        return deep + new string('z', ObjectKey.MaxLength - deep.Length);
    }
}
