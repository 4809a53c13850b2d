using S3Mount.ObjectStore;

namespace S3Mount.Testing.Synthetic;

/// <summary>Several key sets in one bucket; all keys of one lie before all keys of the next.</summary>
public sealed class JoinedKeys : SyntheticKeys
{
    private readonly SyntheticKeys[] _parts;
    private readonly int[] _starts;

    public JoinedKeys(params IEnumerable<SyntheticKeys> parts)
        : this([.. parts.Where(part => part.Count > 0).OrderBy(part => part[0], Comparer<ObjectKey>.Create(Compare))])
    {
    }

    private JoinedKeys(SyntheticKeys[] parts)
        : base("", checked(parts.Sum(part => part.Count)))
    {
        _parts = parts;
        _starts = new int[parts.Length];
        for (int i = 1; i < parts.Length; i++)
        {
            _starts[i] = _starts[i - 1] + parts[i - 1].Count;
            if (Compare(parts[i - 1][^1], parts[i][0]) >= 0)
                throw new ArgumentException($"'{parts[i][0]}' lies between keys of another set.", nameof(parts));
        }
    }

    private protected override void WriteName(int index, ref KeyText text)
    {
        int part = _parts.Length - 1;
        while (_starts[part] > index)
            part--;
        _parts[part].WriteTo(index - _starts[part], ref text);
    }

    private static int Compare(ObjectKey left, ObjectKey right) => left.Span.SequenceCompareTo(right.Span);
}
