using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Operations;

/// <summary>Answers with a document.</summary>
internal static class S3Responses
{
    public static ServerResponse Xml(int status, S3Xml xml)
    {
        var response = new ServerResponse(status);
        response.SetBody(xml.Bytes, 0, xml.Bytes.Length);
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
}
