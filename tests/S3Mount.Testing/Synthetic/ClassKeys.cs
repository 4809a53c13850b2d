namespace S3Mount.Testing.Synthetic;

/// <summary>
/// Named like ImageNet's training set, <c>n01440764/n01440764_10026.JPEG</c>: classes of different sizes, gaps in the numbers. With
/// 1,000 classes and 1,281,167 files nine classes of ten have above 1,300, the others down to 740.
/// </summary>
public sealed class ClassKeys : SyntheticKeys
{
    private const int FirstId = 1_440_764;
    private const int LastId = 99_999_999;
    private const int LargestIdStep = 13_717;

    private readonly int _idStep;
    // Where each class begins, and behind the last one the count of all.
    private readonly int[] _starts;

    public ClassKeys(string prefix, int classes, int files)
        : base(prefix, files)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        // So that the smallest class has a file.
        ArgumentOutOfRangeException.ThrowIfLessThan(files, 2 * classes);
        // A thousand classes lie about as ImageNet's do.
        _idStep = Math.Min(LargestIdStep, (LastId - FirstId) / classes);
        long[] weights = new long[classes + 1];
        for (int i = 0; i < classes; i++)
            weights[i + 1] = weights[i] + Weight(i);
        _starts = [.. weights.Select(weight => (int)((decimal)files * weight / weights[classes]))];
    }

    public int Classes => _starts.Length - 1;

    public int FilesOf(int @class) => _starts[@class + 1] - _starts[@class];

    private protected override void WriteName(int index, ref KeyText text)
    {
        int @class = ClassOf(index);
        int id = FirstId + (@class * _idStep) + Mixing.Below(_idStep, @class);
        text.Add((byte)'n');
        text.AddNumber(id, 8);
        text.Add("/n"u8);
        text.AddNumber(id, 8);
        text.Add((byte)'_');
        int count = FilesOf(@class);
        int first = count <= 45_000 ? 10_000 : 100_000_000;
        int step = 9 * first / count;
        text.AddNumber(first + ((index - _starts[@class]) * step) + Mixing.Below(step, index), count <= 45_000 ? 5 : 9);
        text.Add(".JPEG"u8);
    }

    // A few steps from where it would be if all had the same size.
    private int ClassOf(int index)
    {
        int @class = (int)((long)index * Classes / Count);
        while (_starts[@class] > index)
            @class--;
        while (_starts[@class + 1] <= index)
            @class++;
        return @class;
    }

    // ImageNet: 895 of 1,000 classes have 1,300 files, the smallest 732.
    private static int Weight(int @class) => Mixing.Below(1000, ~@class) < 895 ? 1300 : 732 + Mixing.Below(568, @class);
}
