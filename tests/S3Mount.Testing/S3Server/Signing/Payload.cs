using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace S3Mount.Testing.S3Server.Signing;

/// <summary>Reads a request's payload in the form that x-amz-content-sha256 announces, and checks its digests.</summary>
internal static class Payload
{
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(S3Request request, CancellationToken cancellationToken)
    {
        byte[] body = await request.Body.ReadAsync(cancellationToken);
        string? announced = request.Headers["x-amz-content-sha256"];
        ReadOnlyMemory<byte> payload = body;
        if (announced?.StartsWith("STREAMING-", StringComparison.Ordinal) ?? false)
            payload = Unframe(body, request.Headers["x-amz-decoded-content-length"]);
        else if (announced is not (null or "UNSIGNED-PAYLOAD") && !announced.Equals(Convert.ToHexStringLower(SHA256.HashData(body)), StringComparison.Ordinal))
            throw new S3Exception(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.");
        if (request.Headers["Content-MD5"] is { } md5 && md5 != Convert.ToBase64String(Objects.ContentMd5.Hash(payload.Span)))
            throw new S3Exception(400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
        return payload;
    }

    // S3 API, "Signature Calculations: Transferring Payload in Multiple Chunks": size in hex, extensions, CRLF, bytes, CRLF; the
    // last piece is empty and may be followed by trailers. The signatures of the pieces are not checked.
    private static ReadOnlyMemory<byte> Unframe(byte[] body, string? decodedLength)
    {
        int read = 0;
        int written = 0;
        while (true)
        {
            int lineLength = body.AsSpan(read).IndexOf("\r\n"u8);
            if (lineLength < 0)
                throw Incomplete();
            string line = Encoding.Latin1.GetString(body, read, lineLength).Split(';')[0];
            read += lineLength + 2;
            if (!int.TryParse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int size) || size < 0 || size > body.Length - read)
                throw Incomplete();
            if (size == 0)
                break;
            // In place: a frame's bytes always lie behind where they belong.
            body.AsSpan(read, size).CopyTo(body.AsSpan(written));
            read += size + 2;
            written += size;
        }
        if (decodedLength is not null && decodedLength != written.ToString(CultureInfo.InvariantCulture))
            throw Incomplete();
        return body.AsMemory(0, written);
    }

    private static S3Exception Incomplete() =>
        new(400, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header");
}
