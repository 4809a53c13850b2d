namespace S3Mount.Testing.Fuzzing;

/// <summary>A target did what it must not do.</summary>
public sealed class FuzzCheckException(string message) : Exception(message)
{
    public static void Unless(bool holds, string message)
    {
        if (!holds)
            throw new FuzzCheckException(message);
    }
}
