namespace S3Mount.Testing.S3Server.Tls;

/// <summary>What the server shows to clients that connect from now on.</summary>
public enum TlsMode
{
    /// <summary>A certificate for 127.0.0.1 and localhost by the server's own authority.</summary>
    Good,
    /// <summary>Signed by itself.</summary>
    SelfSigned,
    /// <summary>As good as <see cref="Good"/>, until yesterday.</summary>
    Expired,
    /// <summary>For another host.</summary>
    WrongName,
    /// <summary>By an authority of the same name that is another one.</summary>
    UnknownAuthority,
    /// <summary>Nothing: the handshake is never answered.</summary>
    Stalled,
    /// <summary>A reset after the client's first message.</summary>
    Reset,
}
