namespace S3Mount.Testing.Synthetic;

/// <summary>Many directories with few files each: <c>s0000123/part-001.bin</c>.</summary>
public sealed class SmallDirectoryKeys : SyntheticKeys
{
    private readonly int _files;

    public SmallDirectoryKeys(string prefix, int directories, int files)
        : base(prefix, checked(directories * files))
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(directories, 10_000_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(files, 1000);
        _files = files;
    }

    private protected override void WriteName(int index, ref KeyText text)
    {
        (int directory, int file) = Math.DivRem(index, _files);
        text.Add((byte)'s');
        text.AddNumber(directory, 7);
        text.Add("/part-"u8);
        text.AddNumber(file, 3);
        text.Add(".bin"u8);
    }
}
