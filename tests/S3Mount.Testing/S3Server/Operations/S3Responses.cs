using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>Answers with a document.</summary>
internal static class S3Responses
{
    public static ServerResponse Xml(int status, S3Xml xml)
    {
        var response = new ServerResponse(status, xml.ToBytes());
        response.Headers["Content-Type"] = "application/xml";
        return response;
    }

    public static ServerResponse Error(S3Request? request, S3Exception error)
    {
        S3Xml xml = new S3Xml().Open("Error").Element("Code", error.Code).Element("Message", error.Message);
        foreach ((string name, string value) in error.Details)
            xml.Element(name, value);
        if (request is not null)
            xml.Element("Resource", request.Target.Split('?')[0]).Element("RequestId", request.RequestId);
        ServerResponse response = Xml(error.Status, xml.Element("HostId", "s3mount-test").Close("Error"));
        foreach ((string name, string value) in error.Headers)
            response.Headers[name] = value;
        return response;
    }

    /// <summary>A tag as a header or listing shows it; a weak one has its quotes already.</summary>
    public static string Quote(string etag) => etag.StartsWith("W/", StringComparison.Ordinal) ? etag : $"\"{etag}\"";
}
