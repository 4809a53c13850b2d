using System.Collections.Immutable;
using System.Text;

namespace S3Mount.FileSystem.Tests.Model;

/// <summary>
/// A bucket as keys and contents, with all it ever was, and the tree that it should look like. Written from the semantics alone:
/// it knows nothing of pages, caches or node ids.
/// </summary>
internal sealed class ModelBucket
{
    private readonly List<(TimeSpan From, ImmutableDictionary<string, ModelObject> State)> _history =
        [(TimeSpan.Zero, ImmutableDictionary.Create<string, ModelObject>(StringComparer.Ordinal))];

    public ImmutableDictionary<string, ModelObject> Now => _history[^1].State;

    public void Put(TimeSpan now, string key, ModelObject content) => _history.Add((now, Now.SetItem(key, content)));

    public void Delete(TimeSpan now, string key) => _history.Add((now, Now.Remove(key)));

    /// <summary>All that the bucket was at some moment of a closed interval.</summary>
    public IEnumerable<ImmutableDictionary<string, ModelObject>> Between(TimeSpan from, TimeSpan to)
    {
        for (int i = 0; i < _history.Count; i++)
        {
            TimeSpan end = i + 1 < _history.Count ? _history[i + 1].From : TimeSpan.MaxValue;
            if (_history[i].From <= to && end >= from)
                yield return _history[i].State;
        }
    }

    /// <summary>The entries of a directory, in the order of their bytes.</summary>
    public static ModelEntry[] List(ImmutableDictionary<string, ModelObject> state, string directory)
    {
        var entries = new Dictionary<string, ModelEntry>(StringComparer.Ordinal);
        foreach ((string key, ModelObject content) in state)
        {
            if (!key.StartsWith(directory, StringComparison.Ordinal) || key.Length == directory.Length)
                continue;
            string[] parts = key[directory.Length..].Split('/', 2);
            if (!IsName(parts[0]))
                continue;
            if (parts.Length == 2)
                entries[parts[0]] = new ModelEntry(parts[0], null);
            else
                entries.TryAdd(parts[0], new ModelEntry(parts[0], content));
        }
        return [.. entries.Values.OrderBy(entry => Convert.ToHexString(Encoding.UTF8.GetBytes(entry.Name + "/")), StringComparer.Ordinal)];
    }

    public static ModelEntry? Find(ImmutableDictionary<string, ModelObject> state, string directory, string name) =>
        List(state, directory).FirstOrDefault(entry => entry.Name == name);

    /// <summary>Whether a path can have a component like this.</summary>
    public static bool IsName(string name) =>
        name is not ("" or "." or "..") && !name.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(name) <= 255;
}
