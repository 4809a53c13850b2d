using System.Globalization;

namespace S3Mount.Testing.Datasets;

/// <summary>
/// A dataset as torchvision's ImageFolder wants it, and like ImageNet in names and spread of sizes: one directory a class, real
/// JPEGs that differ visibly by class. The same arguments give the same bytes everywhere. Any thread.
/// </summary>
public sealed class ImageFolderDataset
{
    /// <summary>Gives pictures of 2 to 60 KB, 8 KB on the average.</summary>
    public const int DefaultMedianSide = 140;

    private static readonly DateTimeOffset _firstModified = new(2024, 2, 29, 12, 0, 0, TimeSpan.Zero);

    private readonly int _seed;
    private readonly int _medianSide;
    private readonly (string Name, int Class)[] _files;
    private readonly PictureStyle[] _styles;

    /// <param name="images">In all; spread evenly over the classes.</param>
    /// <param name="medianSide">Half of the pictures have a longer side above so many pixels.</param>
    public ImageFolderDataset(int classes, int images, int medianSide = DefaultMedianSide, int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        ArgumentOutOfRangeException.ThrowIfLessThan(images, classes);
        (_seed, _medianSide) = (seed, medianSide);
        Classes = NameClasses(classes, seed);
        _styles = [.. Enumerable.Range(0, classes).Select(index => PictureStyle.OfClass(seed, index))];
        _files = NameFiles(images);
    }

    /// <summary>Names of the directories, in order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Number of files.</summary>
    public int Count => _files.Length;

    public DatasetFile this[int index]
    {
        get
        {
            (string name, int @class) = _files[index];
            byte[] bytes = Picture.Encode(_styles[@class], _medianSide, new SeededRandom(_seed, @class, index));
            return new DatasetFile(name, bytes, _firstModified.AddSeconds(index));
        }
    }

    public string NameOf(int index) => _files[index].Name;

    /// <summary>All files in order; they are made on all processors.</summary>
    public DatasetFile[] ToArray()
    {
        var files = new DatasetFile[Count];
        Parallel.For(0, Count, index => files[index] = this[index]);
        return files;
    }

    // As WordNet's synsets: n and eight digits, increasing.
    private static string[] NameClasses(int classes, int seed)
    {
        var random = new SeededRandom(seed, classes);
        string[] names = new string[classes];
        int number = 1440764;
        for (int i = 0; i < classes; i++)
        {
            names[i] = string.Create(CultureInfo.InvariantCulture, $"n{number:d8}");
            number += random.Next(1000, 14_000);
        }
        return names;
    }

    private (string Name, int Class)[] NameFiles(int images)
    {
        var files = new List<(string Name, int Class)>(images);
        for (int @class = 0; @class < Classes.Count; @class++)
        {
            int count = images / Classes.Count + (@class < images % Classes.Count ? 1 : 0);
            var random = new SeededRandom(_seed, @class, 7);
            int number = 0;
            for (int i = 0; i < count; i++)
            {
                number += random.Next(1, 40);
                files.Add((string.Create(CultureInfo.InvariantCulture, $"{Classes[@class]}/{Classes[@class]}_{number}.JPEG"), @class));
            }
        }
        return [.. files];
    }
}
