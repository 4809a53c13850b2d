using S3Mount.ObjectStore;

namespace S3Mount.Doctor.Store;

/// <summary>Some of the objects of a bucket, as they were listed: those that have bytes to read.</summary>
internal sealed class ObjectSample
{
    /// <summary>Four pages: enough that no store has all of them at hand, and some hundred KiB of keys.</summary>
    private const int Most = 4000;

    private readonly List<SampleObject> _objects = [];

    public IReadOnlyList<SampleObject> Objects => _objects;

    public int Listed { get; private set; }

    /// <summary>Of the listed ones, those that must be restored before they can be read.</summary>
    public int Archived { get; private set; }

    /// <summary>The storage class of the first of them.</summary>
    public string? ArchivedClass { get; private set; }

    public long Bytes { get; private set; }

    public void Add(ListPage page)
    {
        foreach (ref readonly ListedObject listed in page.Objects.Span)
        {
            Listed++;
            if (StorageClass.IsArchived(listed.StorageClass))
            {
                Archived++;
                ArchivedClass ??= listed.StorageClass;
            }
            else if (listed.Version.Size > 0 && _objects.Count < Most)
            {
                // A copy: the key would keep its whole page.
                _objects.Add(new SampleObject(new ObjectKey(page.KeyOf(listed).ToArray()), listed.Version));
                Bytes += listed.Version.Size;
            }
        }
    }
}
