namespace S3Mount.FileSystem.Tests.Model;

/// <summary>The file system does not do what the model says.</summary>
internal sealed class ModelException(string message) : Exception(message);
