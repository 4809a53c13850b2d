namespace S3Mount.Testing.Datasets;

/// <summary>Random numbers that are the same everywhere and for ever (SplitMix64), unlike those of the framework.</summary>
internal sealed class SeededRandom
{
    private ulong _state;

    public SeededRandom(params ReadOnlySpan<int> seeds)
    {
        foreach (int seed in seeds)
            _state = Mix(_state + (uint)seed + 0x9e3779b97f4a7c15);
    }

    public ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        return Mix(_state);
    }

    /// <summary>From 0 to just below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1ul << 53));

    public int Next(int from, int to) => from + (int)(NextDouble() * (to - from));

    /// <summary>From the normal distribution, nearly: twelve uniform numbers added up.</summary>
    public double NextNormal()
    {
        double sum = -6;
        for (int i = 0; i < 12; i++)
            sum += NextDouble();
        return sum;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
