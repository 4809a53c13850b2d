namespace S3Mount.Testing;

/// <summary>A new directory under the system's for temporary files; it goes, with all that is in it, when disposed.</summary>
public sealed class TempDirectory : IDisposable
{
    public TempDirectory(string name = "s3mount") => Path = Directory.CreateTempSubdirectory($"{name}-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string CreateDirectory(string name) => Directory.CreateDirectory(this[name]).FullName;

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A test may have removed it.
        }
    }
}
