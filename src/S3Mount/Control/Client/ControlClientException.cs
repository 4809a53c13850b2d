namespace S3Mount.Control.Client;

/// <summary>A mount could not be asked; the message is one line.</summary>
internal sealed class ControlClientException(ControlFailure failure, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public ControlFailure Failure => failure;
}
