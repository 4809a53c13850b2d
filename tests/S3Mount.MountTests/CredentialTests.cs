using System.Security.Cryptography;
using S3Mount.MountTests.Mounting;
using S3Mount.MountTests.Stores;
using S3Mount.Testing.Processes;
using S3Mount.Testing.S3Server;

namespace S3Mount.MountTests;

/// <summary>Mounts whose credentials end, are rotated, or cannot be had for a while, wherever they come from.</summary>
[Category("mount")]
[CancelAfter(180_000)]
public sealed class CredentialTests : MountTest
{
    private const string Bucket = "credentials";
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly S3Credentials _first = new("AKIDOFTHEFIRST", "secret of the first", "token of the first");
    private static readonly S3Credentials _second = new("AKIDOFTHESECOND", "secret of the second", "token of the second");

    private S3TestServer _server = null!;
    private CredentialEndpoint _endpoint = null!;

    public enum Source
    {
        Container,
        Machine,
        WebIdentity,
        Process,
    }

    [SetUp]
    public async Task Start_a_store()
    {
        _server = await S3TestServer.StartAsync(new S3ServerOptions { Credentials = [_first] });
        S3Bucket bucket = _server.CreateBucket(Bucket);
        for (int i = 0; i < 3; i++)
            bucket.Put($"dir/{i}", Content(i));
        _endpoint = new CredentialEndpoint { Current = _first };
    }

    [TearDown]
    public async Task End_the_store()
    {
        await _endpoint.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Readers_wait_for_new_credentials_when_the_old_ones_have_expired([Values] Source source)
    {
        MountedBucket mount = await MountAsync(await EnvironmentAsync(source));
        await AssertReadsAsync(mount, 0);

        _endpoint.Current = null;
        _server.AddCredentials(_first with { Expires = DateTimeOffset.UtcNow.AddHours(-1) });
        await using ChildProcess reader = await Client.StartAsync("/bin/bash", "-c", "sha256sum < \"$1\"", "bash", mount["dir/1"]);
        await Eventually.IsTrueAsync(() => mount.Log.Contains("credentials", StringComparison.Ordinal), _patience, $"the log says what is waited for\n{mount.Log}");
        Assert.That(reader.HasExited, Is.False, reader.Error);

        _server.AddCredentials(_second);
        _endpoint.Current = _second;
        ChildResult result = (await reader.WaitAsync(_patience)).EnsureSuccess();
        Assert.That(result.Output, Does.StartWith(Sum(1)));
        // And then nothing of the old ones is left.
        _server.RemoveCredentials(_first.AccessKey);
        await AssertReadsAsync(mount, 2);
        Assert.That(mount.Log, Does.Not.Contain(_first.SecretKey).And.Not.Contain(_second.SecretKey).And.Not.Contain("token of"));
        await mount.EndAsync();
    }

    [Test]
    public async Task Credentials_that_never_come_are_an_error_at_the_deadline_that_says_why()
    {
        MountedBucket mount = await MountAsync(await EnvironmentAsync(Source.Container), "--io-deadline", "5s");
        await AssertReadsAsync(mount, 0);
        _endpoint.Current = null;
        _server.AddCredentials(_first with { Expires = DateTimeOffset.UtcNow.AddHours(-1) });
        ChildResult result = await Client.TryShellAsync("cat \"$1\" | wc -c; exit ${PIPESTATUS[0]}", mount["dir/1"]);
        Assert.That((result.ExitCode, result.Output.Trim()), Is.EqualTo((1, "0")));
        Assert.That(mount.Log, Does.Contain("there are no valid credentials, and requests wait for them").And.Contain("'dir/1' failed with EACCES").And.Contain("have expired"));
        // They come back, and so do the readers.
        _server.AddCredentials(_second);
        _endpoint.Current = _second;
        await Eventually.IsTrueAsync(async () => (await Client.TryShellAsync("cat \"$1\" > /dev/null", mount["dir/2"])).ExitCode == 0, _patience, "files can be read again");
        await AssertReadsAsync(mount, 2);
        await mount.EndAsync();
    }

    [Test]
    public async Task Keys_that_are_rotated_in_their_file_are_picked_up()
    {
        string file = Path.Combine(NewDirectory().Path, "credentials");
        Write(file, _first);
        MountedBucket mount = await MountAsync(Without(("AWS_SHARED_CREDENTIALS_FILE", file)));
        await AssertReadsAsync(mount, 0);
        Write(file + ".new", _second);
        File.Move(file + ".new", file, overwrite: true);
        _server.AddCredentials(_second);
        _server.RemoveCredentials(_first.AccessKey);
        await AssertReadsAsync(mount, 1);
        await mount.EndAsync();

        static void Write(string path, S3Credentials keys) =>
            File.WriteAllText(path, $"[default]\naws_access_key_id = {keys.AccessKey}\naws_secret_access_key = {keys.SecretKey}\naws_session_token = {keys.SessionToken}\n");
    }

    private async Task<Dictionary<string, string?>> EnvironmentAsync(Source source)
    {
        string home = NewDirectory().Path;
        switch (source)
        {
            case Source.Container:
                return Without(("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{_endpoint.Url}/creds"));
            case Source.Machine:
                return Without(("AWS_EC2_METADATA_SERVICE_ENDPOINT", _endpoint.Url), ("AWS_EC2_METADATA_DISABLED", null));
            case Source.WebIdentity:
                string token = Path.Combine(home, "token");
                await File.WriteAllTextAsync(token, "a JSON web token");
                return Without(("AWS_WEB_IDENTITY_TOKEN_FILE", token), ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/training"), ("AWS_ENDPOINT_URL_STS", _endpoint.Url));
            default:
                string config = Path.Combine(home, "config");
                // As SDKs want it of a program: the fields of the container's answer, with other names for two.
                await File.WriteAllTextAsync(
                    config,
                    "[default]\ncredential_process = /usr/bin/python3 -c \"import json,urllib.request as u;c=json.load(u.urlopen('"
                    + _endpoint.Url
                    + "/creds'));print(json.dumps({'Version':1,'AccessKeyId':c['AccessKeyId'],'SecretAccessKey':c['SecretAccessKey'],'SessionToken':c['Token'],'Expiration':c['Expiration']}))\"\n");
                return Without(("AWS_CONFIG_FILE", config), ("AWS_SHARED_CREDENTIALS_FILE", Path.Combine(home, "none")));
        }
    }

    private static Dictionary<string, string?> Without(params (string Name, string? Value)[] variables)
    {
        Dictionary<string, string?> environment = new() { ["AWS_ACCESS_KEY_ID"] = null, ["AWS_SECRET_ACCESS_KEY"] = null };
        foreach ((string name, string? value) in variables)
            environment[name] = value;
        return environment;
    }

    private static async Task AssertReadsAsync(MountedBucket mount, int i) =>
        Assert.That((await Client.ShellAsync("sha256sum < \"$1\"", mount[$"dir/{i}"])).Output, Does.StartWith(Sum(i)), mount.Log);

    private static string Sum(int i) => Convert.ToHexStringLower(SHA256.HashData(Content(i)));

    private static byte[] Content(int i)
    {
        byte[] content = new byte[100_000 + i];
        new Random(i).NextBytes(content);
        return content;
    }

    private Task<MountedBucket> MountAsync(Dictionary<string, string?> environment, params string[] arguments) =>
        MountAsync(new MountSetup { Store = new StoreAddress(_server.Url, null, null), Target = Bucket, Arguments = arguments, Environment = environment });
}
