using System.Globalization;
using S3Mount.Testing.S3Server.Faults;
using S3Mount.Testing.S3Server.Http;
using S3Mount.Testing.S3Server.Operations;

namespace S3Mount.Testing.S3Server;

/// <summary>Answers requests: faults first, then who may, then the operation.</summary>
internal sealed class S3Service
{
    private readonly S3TestServer _server;
    private readonly BucketTable _buckets;
    private readonly S3Access _access;
    private readonly ControlEndpoint _control;
    private readonly BucketOperations _bucketOperations;
    private readonly ListOperations _listOperations;
    private readonly ObjectOperations _objectOperations;
    private readonly MultipartOperations _multipartOperations;

    public S3Service(S3TestServer server, BucketTable buckets, S3Access access)
    {
        _server = server;
        _buckets = buckets;
        _access = access;
        _control = new ControlEndpoint(server);
        _bucketOperations = new BucketOperations(buckets, server.Options.Region);
        _listOperations = new ListOperations(() => server.Listing);
        _objectOperations = new ObjectOperations(buckets, () => server.Checksums, server.Now);
        _multipartOperations = new MultipartOperations(server.Now);
    }

    public async ValueTask<ServerResponse> HandleAsync(ServerRequest http, CancellationToken cancellationToken)
    {
        S3Request? request = null;
        ServerResponse response;
        try
        {
            S3Target target = S3Target.Parse(http.Target, http.Headers["Host"], _server.Options.HostSuffix);
            if (ControlEndpoint.Owns(target))
                return await _control.HandleAsync(http, target, cancellationToken);
            request = new S3Request(http, target);
            response = await HandleAsync(request, cancellationToken);
        }
        catch (S3Exception error)
        {
            response = S3Responses.Error(request, error);
        }
        response.Headers["x-amz-request-id"] ??= request?.RequestId ?? S3RequestId.Next();
        response.Headers["x-amz-id-2"] ??= "s3mount-test";
        response.Headers["Date"] ??= _server.Now().ToString("R", CultureInfo.InvariantCulture);
        response.Headers["Server"] ??= "S3MountTest";
        return response;
    }

    private async ValueTask<ServerResponse> HandleAsync(S3Request request, CancellationToken cancellationToken)
    {
        RequestLogEntry entry = _server.Requests.Begin(request);
        try
        {
            FaultCase[] faults = _server.Faults.Take(request);
            foreach (FaultCase fault in faults)
                await fault.Effect.BeforeAsync(request, cancellationToken);
            ServerResponse response = faults.Select(fault => fault.Effect.Answer(request)).FirstOrDefault(answer => answer is not null)
                ?? await AnswerAsync(request, cancellationToken);
            S3ServerSpeed speed = _server.Speed;
            response.Delay = request.Operation is S3Operation.ListObjects or S3Operation.ListObjectsV2 ? speed.Listing : speed.FirstByte;
            response.BytesPerSecond = speed.BytesPerSecond;
            foreach (FaultCase fault in faults)
                fault.Effect.Alter(fault, response);
            entry.Status = response.Status;
            return response;
        }
        finally
        {
            _server.Requests.End();
        }
    }

    private async ValueTask<ServerResponse> AnswerAsync(S3Request request, CancellationToken cancellationToken)
    {
        S3Bucket? bucket = _buckets.Find(request.Bucket);
        try
        {
            _access.Check(request, bucket);
            ServerResponse response = await DispatchAsync(request, cancellationToken);
            if (request.Key is null && bucket is not null)
                response.Headers["x-amz-bucket-region"] = bucket.Region;
            return response;
        }
        catch (S3Exception error)
        {
            ServerResponse response = S3Responses.Error(request, error);
            if (bucket is not null && (request.Key is null || error.Code is "PermanentRedirect" or "AuthorizationHeaderMalformed"))
                response.Headers["x-amz-bucket-region"] = bucket.Region;
            return response;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or IOException or HttpException))
        {
            // A mistake of the server must be seen by the test that made it.
            return S3Responses.Error(request, new S3Exception(500, "InternalError", exception.ToString()));
        }
    }

    private async ValueTask<ServerResponse> DispatchAsync(S3Request request, CancellationToken cancellationToken)
    {
        switch (request.Operation)
        {
            case S3Operation.Unknown:
                throw S3Exception.NotImplemented();
            case S3Operation.ListBuckets:
                return _bucketOperations.List();
            case S3Operation.CreateBucket:
                return await _bucketOperations.CreateAsync(request, cancellationToken);
        }
        S3Bucket bucket = _buckets.Get(request.Bucket!);
        return request.Operation switch
        {
            S3Operation.GetObject or S3Operation.HeadObject => _objectOperations.Get(request, bucket),
            S3Operation.ListObjectsV2 => _listOperations.ListV2(request, bucket),
            S3Operation.ListObjects => _listOperations.ListV1(request, bucket),
            S3Operation.PutObject => await _objectOperations.PutAsync(request, bucket, cancellationToken),
            S3Operation.CopyObject => _objectOperations.Copy(request, bucket),
            S3Operation.DeleteObject => ObjectOperations.Delete(request, bucket),
            S3Operation.DeleteObjects => await DeleteOperations.DeleteManyAsync(request, bucket, cancellationToken),
            S3Operation.HeadBucket => new ServerResponse(200),
            S3Operation.DeleteBucket => _bucketOperations.Delete(request),
            S3Operation.GetBucketLocation => BucketOperations.Location(bucket),
            S3Operation.GetBucketVersioning => BucketOperations.Versioning(),
            S3Operation.CreateMultipartUpload => MultipartOperations.Create(request, bucket),
            S3Operation.UploadPart => await MultipartOperations.UploadPartAsync(request, bucket, cancellationToken),
            S3Operation.CompleteMultipartUpload => await _multipartOperations.CompleteAsync(request, bucket, cancellationToken),
            S3Operation.AbortMultipartUpload => MultipartOperations.Abort(request, bucket),
            S3Operation.ListMultipartUploads => MultipartOperations.List(bucket),
            _ => throw S3Exception.NotImplemented(),
        };
    }
}
