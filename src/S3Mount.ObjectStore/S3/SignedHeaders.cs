using System.Runtime.CompilerServices;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The headers of a request that go into its signature, in the order of their lower-case names. Lives on the stack: a GET
/// should cost no more garbage than its message does.
/// </summary>
internal struct SignedHeaders
{
    private const int Capacity = 10;

    private Slots _slots;
    private int _count;

    public readonly int Count => _count;

    /// <summary>Adds a header at its place; names are lower-case, values already trimmed.</summary>
    public void Add(string name, string value)
    {
        int at = _count;
        while (at > 0 && string.CompareOrdinal(_slots[at - 1].Name, name) > 0)
        {
            _slots[at] = _slots[at - 1];
            at--;
        }
        _slots[at] = (name, value);
        _count++;
    }

    public readonly (string Name, string Value) this[int index] => _slots[index];

    [InlineArray(Capacity)]
    private struct Slots
    {
        private (string Name, string Value) _first;
    }
}
