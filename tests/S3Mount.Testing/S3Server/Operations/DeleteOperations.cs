using System.Text;
using S3Mount.ObjectStore;
using S3Mount.Testing.S3Server.Http;
using S3Mount.Testing.S3Server.Signing;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>DeleteObjects (S3 API).</summary>
internal static class DeleteOperations
{
    public static async ValueTask<ServerResponse> DeleteManyAsync(S3Request request, S3Bucket bucket, CancellationToken cancellationToken)
    {
        (ObjectKey[] keys, bool quiet) = S3Documents.Delete(await Payload.ReadAsync(request, cancellationToken));
        if (keys.Length is 0 or > 1000)
            throw S3Exception.MalformedXml();
        S3Xml xml = new S3Xml().Open("DeleteResult", isRoot: true);
        foreach (ObjectKey key in keys)
        {
            // A key that is not there counts as deleted.
            bucket.Source.Remove(key);
            if (!quiet)
                xml.Open("Deleted").Element("Key", Encoding.UTF8.GetString(key.Span)).Close("Deleted");
        }
        return S3Responses.Xml(200, xml.Close("DeleteResult"));
    }
}
