namespace S3Mount.FileSystem.Tests.Model;

/// <summary>What a name in a directory stands for; without an object, a directory.</summary>
internal sealed record ModelEntry(string Name, ModelObject? Object)
{
    public bool IsDirectory => Object is null;

    /// <summary>Everything that a listing tells of it.</summary>
    public string Signature => Object is null ? $"{Name}/" : $"{Name}|{Object.Content.Length}|{Object.ETag}|{Object.LastModified}";
}
