using System.Text;

namespace S3Mount.Testing.Fuzzing;

/// <summary>What a fuzzer starts from: well-formed inputs, and those that once showed a bug. All of them are tried as they are first.</summary>
public sealed class Corpus
{
    private Corpus(string name, IReadOnlyList<FuzzInput> inputs)
    {
        if (inputs.Count == 0)
            throw new InvalidOperationException($"the corpus {name} is empty");
        (Name, Inputs) = (name, inputs);
    }

    public string Name { get; }

    public IReadOnlyList<FuzzInput> Inputs { get; }

    /// <summary>The files of Fuzz/Corpus/NAME beside the tests, in the order of their names.</summary>
    public static Corpus OfFiles(string name) =>
        new(name, [.. Directory.GetFiles(DirectoryOf(name)).Order(StringComparer.Ordinal).Select(file => new FuzzInput(Path.GetFileName(file), File.ReadAllBytes(file)))]);

    /// <summary>Inputs that a test has made, numbered, and after them the files that there are of that name.</summary>
    public static Corpus Of(string name, params IEnumerable<byte[]> inputs)
    {
        IEnumerable<FuzzInput> made = inputs.Select((bytes, index) => new FuzzInput($"{index}", bytes));
        return new Corpus(name, [.. made, .. Directory.Exists(DirectoryOf(name)) ? OfFiles(name).Inputs : []]);
    }

    public static Corpus OfTexts(string name, params IEnumerable<string> inputs) => Of(name, inputs.Select(Encoding.UTF8.GetBytes));

    private static string DirectoryOf(string name) => Path.Combine(AppContext.BaseDirectory, "Fuzz", "Corpus", name);

    /// <summary>These, after those that are there.</summary>
    public Corpus With(params IEnumerable<byte[]> more) =>
        new(Name, [.. Inputs, .. more.Select((bytes, index) => new FuzzInput($"made {index}", bytes))]);
}
