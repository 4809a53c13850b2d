namespace S3Mount.FileSystem.Inodes;

/// <summary>Storage classes by number, so that an entry holds one in a byte. Any thread.</summary>
internal static class StorageClassCodes
{
    // S3 has about a dozen (S3 API, GetObject, x-amz-storage-class). A store that makes up more than a byte can count is not
    // believed: the rest have none.
    private const int MaxCodes = 255;

    private static readonly Lock _gate = new();
    private static string[] _classes = [""];

    public static byte Of(string storageClass)
    {
        int code = Array.IndexOf(Volatile.Read(ref _classes), storageClass);
        return code >= 0 ? (byte)code : Add(storageClass);
    }

    public static string ToText(byte code) => Volatile.Read(ref _classes)[code];

    private static byte Add(string storageClass)
    {
        lock (_gate)
        {
            int code = Array.IndexOf(_classes, storageClass);
            if (code >= 0)
                return (byte)code;
            if (_classes.Length == MaxCodes)
                return 0;
            Volatile.Write(ref _classes, [.. _classes, storageClass]);
            return (byte)(_classes.Length - 1);
        }
    }
}
