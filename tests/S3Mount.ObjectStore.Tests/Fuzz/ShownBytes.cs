namespace S3Mount.ObjectStore.Tests.Fuzz;

/// <summary>Remembers the bytes of a read when it is told that they are valid.</summary>
internal sealed class ShownBytes(byte[] destination) : IReadProgress
{
    private readonly List<byte> _shown = [];

    public bool AreStillThere => destination.AsSpan(0, _shown.Count).SequenceEqual(_shown.ToArray());

    public void Advance(int filled) => _shown.AddRange(destination.AsSpan(_shown.Count, filled - _shown.Count));
}
