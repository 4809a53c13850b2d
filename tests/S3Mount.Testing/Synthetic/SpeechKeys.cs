namespace S3Mount.Testing.Synthetic;

/// <summary>Three levels, as speech corpora have them: <c>00012/000345/00012-000345-0007.flac</c>, speaker, chapter, utterance.</summary>
public sealed class SpeechKeys : SyntheticKeys
{
    private readonly int _chapters;
    private readonly int _utterances;

    public SpeechKeys(string prefix, int speakers, int chapters, int utterances)
        : base(prefix, checked(speakers * chapters * utterances))
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(speakers, 100_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(speakers * chapters, 1_000_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(utterances, 10_000);
        (_chapters, _utterances) = (chapters, utterances);
    }

    private protected override void WriteName(int index, ref KeyText text)
    {
        (int chapter, int utterance) = Math.DivRem(index, _utterances);
        int speaker = chapter / _chapters;
        text.AddNumber(speaker, 5);
        text.Add((byte)'/');
        text.AddNumber(chapter, 6);
        text.Add((byte)'/');
        text.AddNumber(speaker, 5);
        text.Add((byte)'-');
        text.AddNumber(chapter, 6);
        text.Add((byte)'-');
        text.AddNumber(utterance, 4);
        text.Add(".flac"u8);
    }
}
