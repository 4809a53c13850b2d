using System.Net.Sockets;
using Amazon.Runtime;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Why credentials cannot be had, in words that are fit for a log. The providers of the SDK throw what they meet, and into it goes
/// what they were sent: the output of a credential process, the body of an answer. Only what cannot hold a secret is said.
/// </summary>
internal static class CredentialFailure
{
    public static string Describe(Exception exception)
    {
        for (Exception? one = exception; one is not null; one = one.InnerException)
        {
            // By its name: it is internal to the SDK's way of starting processes, and its text is what the process wrote.
            if (one.GetType().Name.StartsWith("ProcessAWSCredential", StringComparison.Ordinal))
                return "the credential_process of the profile failed";
            if (one is AmazonServiceException { StatusCode: not 0 } refused)
                return $"{ObjectStoreText.OneLine(refused.ErrorCode ?? "no code")} ({(int)refused.StatusCode}) from the source of credentials";
        }
        Exception cause = exception.GetBaseException();
        return cause is HttpRequestException or SocketException or IOException or UnauthorizedAccessException or TimeoutException
            ? ObjectStoreText.OneLine(cause.Message)
            : $"{exception.GetType().Name} in the source of credentials";
    }
}
