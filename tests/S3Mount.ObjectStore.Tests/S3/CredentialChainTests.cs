using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>Where credentials are found. The SDK's own providers read the process's environment, so those tests change it, one at a time.</summary>
[NonParallelizable]
internal sealed class CredentialChainTests
{
    private readonly Dictionary<string, string?> _changed = [];
    private string _home = "";

    [SetUp]
    public void CreateHome()
    {
        _home = Directory.CreateTempSubdirectory("s3mount-credentials-").FullName;
        Directory.CreateDirectory(Path.Combine(_home, ".aws"));
        // The SDK looks here for the config file first.
        SetVariable("AWS_CONFIG_FILE", null);
    }

    [TearDown]
    public void RestoreEnvironment()
    {
        foreach ((string name, string? value) in _changed)
            System.Environment.SetEnvironmentVariable(name, value);
        _changed.Clear();
        Directory.Delete(_home, recursive: true);
    }

    [Test, CancelAfter(20_000)]
    public async Task Variables_come_before_the_default_profile_and_after_one_that_was_asked_for(CancellationToken cancellationToken)
    {
        Write("credentials", "[default]\naws_access_key_id = FROMDEFAULT\naws_secret_access_key = s\n[work]\naws_access_key_id = FROMWORK\naws_secret_access_key = s\naws_session_token = t\n");
        (string, string)[] variables = [("AWS_ACCESS_KEY_ID", "FROMVARIABLE"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_SESSION_TOKEN", "token\n")];
        Assert.That(await Fetch(null, cancellationToken, variables), Is.EqualTo(new AwsCredentials("FROMVARIABLE", "secret", "token")));
        Assert.That(await Fetch("work", cancellationToken, variables), Is.EqualTo(new AwsCredentials("FROMWORK", "s", "t")));
        Assert.That(await Fetch(null, cancellationToken), Is.EqualTo(new AwsCredentials("FROMDEFAULT", "s", null)));
        Assert.That(await Fetch(null, cancellationToken, ("AWS_PROFILE", "work")), Is.EqualTo(new AwsCredentials("FROMWORK", "s", "t")));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_profile_that_changed_is_read_anew(CancellationToken cancellationToken)
    {
        Write("credentials", "[default]\naws_access_key_id = BEFORE\naws_secret_access_key = s\n");
        CredentialChain chain = Chain(null);
        Assert.That((await chain.FetchAsync(false, cancellationToken)).AccessKeyId, Is.EqualTo("BEFORE"));
        Write("credentials", "[default]\naws_access_key_id = AFTER\naws_secret_access_key = s\n");
        Assert.That((await chain.FetchAsync(true, cancellationToken)).AccessKeyId, Is.EqualTo("AFTER"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_file_that_was_replaced_or_a_link_that_was_turned_is_seen([Values("write", "rename", "link")] string way, CancellationToken cancellationToken)
    {
        const string Before = "[default]\naws_access_key_id = BEFORE\naws_secret_access_key = s\n", After = "[default]\naws_access_key_id = AFTERX\naws_secret_access_key = s\n";
        string file = Path.Combine(_home, ".aws", "credentials"), other = Path.Combine(_home, "other");
        await File.WriteAllTextAsync(other, After, cancellationToken);
        Write(way == "link" ? "real" : "credentials", Before);
        if (way == "link")
            File.CreateSymbolicLink(file, Path.Combine(_home, ".aws", "real"));
        CredentialChain chain = Chain(null);
        Assert.That(chain.HasChanged(), Is.False, "nothing has been read");
        await chain.FetchAsync(false, cancellationToken);
        Assert.That(chain.HasChanged(), Is.False);
        switch (way)
        {
            case "write":
                Write("credentials", After);
                break;
            case "rename":
                File.Move(other, file, overwrite: true);
                break;
            default:
                File.CreateSymbolicLink(file + ".new", other);
                File.Move(file + ".new", file, overwrite: true);
                break;
        }
        Assert.That(chain.HasChanged(), Is.True);
        Assert.That((await chain.FetchAsync(true, cancellationToken)).AccessKeyId, Is.EqualTo("AFTERX"));
        Assert.That(chain.HasChanged(), Is.False);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_credential_process_is_run(CancellationToken cancellationToken)
    {
        string program = Path.Combine(_home, "keys.sh");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho '{\"Version\":1,\"AccessKeyId\":\"FROMPROCESS\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\",\"Expiration\":\"2099-01-01T00:00:00Z\"}'\n", cancellationToken);
        Write("config", $"[default]\nregion = eu-west-1\ncredential_process = /bin/sh {program}\n");
        AwsCredentials credentials = await Fetch(null, cancellationToken);
        Assert.That((credentials.AccessKeyId, credentials.SessionToken), Is.EqualTo(("FROMPROCESS", "t")));
        Assert.That(credentials.ExpiresAt, Is.GreaterThan(new DateTimeOffset(2098, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_container_gives_its_credentials(CancellationToken cancellationToken)
    {
        await using var server = new ScriptedServer(ScriptedAnswer.Of("200 OK", "Content-Type: application/json", Json("FROMCONTAINER")));
        SetVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{server.Url}/creds");
        SetVariable("AWS_CONTAINER_AUTHORIZATION_TOKEN", "who-am-i");
        AwsCredentials credentials = await Fetch(null, cancellationToken, ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{server.Url}/creds"));
        Assert.That((credentials.AccessKeyId, credentials.SessionToken, credentials.ExpiresAt is not null), Is.EqualTo(("FROMCONTAINER", "TOKEN", true)));
        Assert.That(server.Heads[0], Does.StartWith("GET /creds ").And.Contain("Authorization: who-am-i"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_web_identity_is_exchanged(CancellationToken cancellationToken)
    {
        string expires = DateTime.UtcNow.AddHours(1).ToString("s", System.Globalization.CultureInfo.InvariantCulture) + "Z";
        await using var server = new ScriptedServer(ScriptedAnswer.Of(
            "200 OK", "Content-Type: text/xml",
            "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleWithWebIdentityResult><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/r/s3mount</Arn><AssumedRoleId>A:s3mount</AssumedRoleId></AssumedRoleUser>"
            + $"<Credentials><AccessKeyId>FROMIDENTITY</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{expires}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"));
        SetVariable("AWS_ENDPOINT_URL_STS", server.Url);
        SetVariable("AWS_REGION", "eu-west-1");
        string tokenFile = Path.Combine(_home, "token");
        await File.WriteAllTextAsync(tokenFile, "jwt", cancellationToken);
        AwsCredentials credentials = await Fetch(null, cancellationToken, ("AWS_WEB_IDENTITY_TOKEN_FILE", tokenFile), ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r"));
        Assert.That((credentials.AccessKeyId, credentials.SessionToken, credentials.ExpiresAt is not null), Is.EqualTo(("FROMIDENTITY", "t", true)));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_machine_gives_its_credentials(CancellationToken cancellationToken)
    {
        await using var server = new ScriptedServer((head, _) => head.Split(' ')[1] switch
        {
            "/latest/api/token" => ScriptedAnswer.Of("200 OK", "X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 21600", "imds-token"),
            string path when path.EndsWith("security-credentials/", StringComparison.Ordinal) => ScriptedAnswer.Of("200 OK", "Content-Type: text/plain", "role"),
            string path when path.EndsWith("security-credentials/role", StringComparison.Ordinal) => ScriptedAnswer.Of("200 OK", "Content-Type: application/json", Json("FROMMACHINE")),
            "/latest/meta-data/iam/info" => ScriptedAnswer.Of(
                "200 OK", "Content-Type: application/json",
                "{\"Code\":\"Success\",\"LastUpdated\":\"2026-01-01T00:00:00Z\",\"InstanceProfileArn\":\"arn:aws:iam::123456789012:instance-profile/p\",\"InstanceProfileId\":\"A\"}"),
            _ => ScriptedAnswer.Error("404 Not Found", "NotFound"),
        });
        SetVariable("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.Url);
        AwsCredentials credentials = await Fetch(null, cancellationToken, ("AWS_EC2_METADATA_DISABLED", "false"));
        Assert.That((credentials.AccessKeyId, credentials.SessionToken), Is.EqualTo(("FROMMACHINE", "TOKEN")));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_machine_without_metadata_is_given_up_after_seconds(CancellationToken cancellationToken)
    {
        await using var server = new ScriptedServer(new ScriptedAnswer { Gate = Task.Delay(Timeout.Infinite, cancellationToken) });
        SetVariable("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.Url);
        var time = new S3Mount.Testing.FakeTimeProvider();
        CredentialChain chain = Chain(null, time, ("AWS_EC2_METADATA_DISABLED", "false"));
        Task fetch = chain.FetchAsync(false, cancellationToken);
        await time.WaitForTimersAsync(1, cancellationToken);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(async () => await fetch, Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.NoCredentials).And.Message.Contains("instance metadata"));
    }

    [Test, CancelAfter(20_000)]
    public void Nothing_anywhere_says_what_to_do(CancellationToken cancellationToken) => Assert.That(
        async () => await Fetch(null, cancellationToken),
        Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.NoCredentials)
            .And.Message.Contains("aws configure").And.Message.Contains("AWS_ACCESS_KEY_ID").And.Message.Contains("--profile").And.Message.Contains("--no-sign-request"));

    [Test, CancelAfter(20_000)]
    public void A_profile_without_credentials_is_named(CancellationToken cancellationToken)
    {
        Write("config", "[profile empty]\nregion = eu-west-1\n");
        Assert.That(
            async () => await Fetch("empty", cancellationToken),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.NoCredentials).And.Message.Contains("'empty'"));
    }

    [Test, CancelAfter(20_000)]
    public void A_process_that_fails_is_told_in_one_line(CancellationToken cancellationToken)
    {
        Write("config", "[profile broken]\ncredential_process = /nonexistent/program\n");
        ObjectStoreException? thrown = Assert.ThrowsAsync<ObjectStoreException>(async () => await Fetch("broken", cancellationToken));
        Assert.That(thrown!.Failure, Is.EqualTo(ObjectStoreFailure.NoCredentials));
        Assert.That(thrown.Message, Does.Contain("'broken'").And.Not.Contain("\n"));
    }

    private static string Json(string accessKey) =>
        $"{{\"Code\":\"Success\",\"AccessKeyId\":\"{accessKey}\",\"SecretAccessKey\":\"s\",\"Token\":\"TOKEN\",\"Expiration\":\"2099-01-01T00:00:00Z\",\"LastUpdated\":\"2026-01-01T00:00:00Z\",\"Type\":\"AWS-HMAC\"}}";

    private Task<AwsCredentials> Fetch(string? profile, CancellationToken cancellationToken, params (string, string)[] variables) =>
        Chain(profile, TimeProvider.System, variables).FetchAsync(false, cancellationToken);

    private CredentialChain Chain(string? profile, TimeProvider? time = null, params (string, string)[] variables)
    {
        var options = new S3StoreOptions { Bucket = "bucket", Profile = profile };
        S3Services services = Stores.Services with { TimeProvider = time ?? TimeProvider.System, Environment = Stores.Environment([.. variables, ("HOME", _home)]) };
        return new CredentialChain(options, AwsProfile.Load(profile, services.Environment), services);
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_home, ".aws", file), text);

    private void SetVariable(string name, string? value)
    {
        _changed.TryAdd(name, System.Environment.GetEnvironmentVariable(name));
        System.Environment.SetEnvironmentVariable(name, value);
    }
}
