using System.Net;
using System.Net.Sockets;
using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;
using S3Mount.Testing;
using S3Mount.Testing.S3Server;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>The way to a store, step by step.</summary>
[CancelAfter(30_000)]
internal sealed class S3InspectorTests
{
    [Test]
    public async Task It_names_the_settings_that_endpoint_and_region_come_from(CancellationToken cancellationToken)
    {
        Assert.That(await PlaceAsync(new S3StoreOptions { Bucket = "bucket", EndpointUrl = "http://10.0.0.5:9000", Region = "eu-west-1" }), Is.EqualTo(("http://10.0.0.5:9000/bucket", "--endpoint-url", true, "eu-west-1", "--region")));
        Assert.That(await PlaceAsync(new S3StoreOptions { Bucket = "bucket" }, ("AWS_ENDPOINT_URL_S3", "https://store.example"), ("AWS_DEFAULT_REGION", "eu-west-2")),
            Is.EqualTo(("https://bucket.store.example/", "AWS_ENDPOINT_URL_S3", false, "eu-west-2", "AWS_DEFAULT_REGION")));
        Assert.That(await PlaceAsync(new S3StoreOptions { Bucket = "bucket" }, ("AWS_REGION", "eu-west-3")), Is.EqualTo(("https://bucket.s3.eu-west-3.amazonaws.com/", "AWS", false, "eu-west-3", "AWS_REGION")));
        Assert.That(await PlaceAsync(new S3StoreOptions { Bucket = "bucket" }), Is.EqualTo(("https://bucket.s3.us-east-1.amazonaws.com/", "AWS", false, "us-east-1", "the default")));
        Assert.That(
            await PlaceAsync(new S3StoreOptions { Bucket = "bucket" }, Stores.Services with { Environment = Stores.Environment(("AWS_EC2_METADATA_DISABLED", "false")), MachineRegion = _ => Task.FromResult<string?>("eu-north-1") }),
            Is.EqualTo(("https://bucket.s3.eu-north-1.amazonaws.com/", "AWS", false, "eu-north-1", "instance metadata")));

        async Task<(string, string, bool, string, string)> PlaceAsync(S3StoreOptions options, params object[] surroundings)
        {
            S3Services services = surroundings is [S3Services given] ? given : Stores.Services with { Environment = Stores.Environment([.. surroundings.Cast<(string, string)>()]) };
            S3Place place = (await S3Inspector.ResolveWithAsync(options, services, cancellationToken)).Place;
            return (place.Address.OriginalString, place.EndpointSource, place.IsPathStyle, place.Region, place.RegionSource);
        }
    }

    [Test]
    public async Task It_tells_whose_credentials_they_are_and_no_secret(CancellationToken cancellationToken)
    {
        var options = new S3StoreOptions { Bucket = "bucket" };
        S3Services services = Stores.Services with
        {
            CredentialSource = null,
            Environment = Stores.Environment(("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "CANARY"), ("AWS_SESSION_TOKEN", "CANARYTOKEN")),
        };
        S3Identity? identity = await (await S3Inspector.ResolveWithAsync(options, services, cancellationToken)).SignInAsync(cancellationToken);
        Assert.That(identity, Is.EqualTo(new S3Identity("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", "AKIDEXAMPLE", HasToken: true, ExpiresAt: null, IsRenewable: false)));
        Assert.That(identity!.ToString(), Does.Not.Contain("CANARY"));
        Assert.That(await (await S3Inspector.ResolveWithAsync(options with { NoSignRequest = true }, services, cancellationToken)).SignInAsync(cancellationToken), Is.Null);
    }

    [Test]
    public async Task Credentials_that_do_not_come_are_not_waited_for_for_ever(CancellationToken cancellationToken)
    {
        var time = new S3Mount.Testing.FakeTimeProvider();
        S3Services services = Stores.Services with { TimeProvider = time, CredentialSource = new HangingCredentials() };
        Task<S3Identity?> signIn = (await S3Inspector.ResolveWithAsync(new S3StoreOptions { Bucket = "bucket" }, services, cancellationToken)).SignInAsync(cancellationToken);
        await time.WaitForTimersAsync(1, cancellationToken);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(async () => await signIn, Throws.InstanceOf<ObjectStoreException>().With.Message.EqualTo("the credentials did not arrive within 30 s"));
    }

    [Test]
    public async Task A_contact_tells_times_and_clock([Values] bool isSecure, CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync(new S3ServerOptions { UsesTls = isSecure, ClockOffset = TimeSpan.FromHours(1) });
        server.CreateBucket("bucket");
        server.Speed = server.Speed with { FirstByte = TimeSpan.FromMilliseconds(20) };
        using var directory = new TempDirectory();
        var options = new S3StoreOptions { Bucket = "bucket", EndpointUrl = server.Url, CaBundle = isSecure ? directory.Write("authority.pem", server.AuthorityPem) : null };
        S3Contact contact = await (await S3Inspector.ResolveWithAsync(options, Stores.Services, cancellationToken)).ContactAsync(cancellationToken);
        Assert.That(contact.Address, Is.EqualTo(new IPEndPoint(IPAddress.Loopback, server.Port)));
        Assert.That((contact.HandshakeTime is not null, contact.Protocol is not null), Is.EqualTo((isSecure, isSecure)));
        Assert.That(contact.ConnectTime, Is.GreaterThan(TimeSpan.Zero));
        Assert.That(contact.RoundTrips, Has.Count.EqualTo(5).And.Ordered);
        Assert.That(contact.RoundTrips[0], Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(19)));
        Assert.That(contact.ClockOffset!.Value.TotalSeconds, Is.EqualTo(3600).Within(2));
        Assert.That(server.Requests.Entries.Select(entry => entry.Operation).Distinct(), Is.EqualTo(new[] { S3Mount.Testing.S3Server.S3Operation.HeadBucket }));
    }

    [Test]
    public async Task A_certificate_that_is_not_trusted_ends_the_contact(CancellationToken cancellationToken)
    {
        await using S3TestServer server = await S3TestServer.StartAsync(new S3ServerOptions { UsesTls = true });
        S3Inspector inspector = await S3Inspector.ResolveWithAsync(new S3StoreOptions { Bucket = "bucket", EndpointUrl = server.Url }, Stores.Services, cancellationToken);
        Assert.That(async () => await inspector.ContactAsync(cancellationToken), Throws.InstanceOf<HttpRequestException>().With.Property("HttpRequestError").EqualTo(HttpRequestError.SecureConnectionError));
        Assert.That(server.Requests.Total, Is.Zero);
    }

    [Test]
    public async Task A_refused_connection_is_told_by_its_socket(CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        S3Inspector inspector = await S3Inspector.ResolveWithAsync(new S3StoreOptions { Bucket = "bucket", EndpointUrl = $"http://127.0.0.1:{port}" }, Stores.Services, cancellationToken);
        HttpRequestException? thrown = Assert.ThrowsAsync<HttpRequestException>(async () => await inspector.ContactAsync(cancellationToken));
        Assert.That((thrown!.GetBaseException() as SocketException)?.SocketErrorCode, Is.EqualTo(SocketError.ConnectionRefused));
    }

    private sealed class HangingCredentials : ICredentialSource
    {
        public Task<AwsCredentials> FetchAsync(bool anew, CancellationToken cancellationToken) => new TaskCompletionSource<AwsCredentials>().Task;
    }
}
