namespace S3Mount.Configuration;

/// <summary>Why a file could not be opened, in the words that other programs use.</summary>
internal static class FileProblem
{
    public static string Describe(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file or directory",
        UnauthorizedAccessException => "permission denied, or a directory",
        _ => exception.Message,
    };
}
