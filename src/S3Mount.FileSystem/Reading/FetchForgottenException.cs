namespace S3Mount.FileSystem.Reading;

/// <summary>A fetch was ended because nobody waited for it. Who began to wait at that very moment asks for himself.</summary>
internal sealed class FetchForgottenException() : Exception("nobody waited for the fetch any more");
