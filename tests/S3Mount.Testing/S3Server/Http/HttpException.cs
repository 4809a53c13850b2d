namespace S3Mount.Testing.S3Server.Http;

/// <summary>What came over the wire is no HTTP; the connection is answered with this status, or just closed, and ended.</summary>
internal sealed class HttpException(int status, string message) : Exception(message)
{
    public int Status => status;
}
