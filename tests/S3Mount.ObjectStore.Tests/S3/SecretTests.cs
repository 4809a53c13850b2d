using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>No secret comes into a text, whichever source fails in whatever way. The SDK reads the process's environment: one test at a time.</summary>
[NonParallelizable]
internal sealed class SecretTests
{
    private const string Canary = "cAnArYsEcReT0123456789";

    private readonly Dictionary<string, string?> _changed = [];
    private string _home = "";

    [SetUp]
    public void CreateHome()
    {
        _home = Directory.CreateTempSubdirectory("s3mount-secrets-").FullName;
        Directory.CreateDirectory(Path.Combine(_home, ".aws"));
        SetVariable("AWS_CONFIG_FILE", null);
        // The SDK's own patience is not what is tried here.
        SetVariable("AWS_MAX_ATTEMPTS", "1");
    }

    [TearDown]
    public void RestoreEnvironment()
    {
        foreach ((string name, string? value) in _changed)
            Environment.SetEnvironmentVariable(name, value);
        _changed.Clear();
        Directory.Delete(_home, recursive: true);
    }

    [TestCase("https://user:cAnArYsEcReT0123456789@host:9000")]
    [TestCase("https://user:cAnArYsEcReT0123456789@host:9000/path")]
    [TestCase("https://user:cAnArYsEcReT0123456789/@host")]
    [TestCase("user:cAnArYsEcReT0123456789@host")]
    [TestCase("ftp://cAnArYsEcReT0123456789@host")]
    [TestCase("http://user:x@cAnArYsEcReT0123456789@host")]
    [CancelAfter(20_000)]
    public void An_endpoint_with_a_password_is_refused_without_it(string url, CancellationToken cancellationToken)
    {
        foreach ((string? option, string? variable) in ((string?, string?)[])[(url, null), (null, url)])
        {
            S3Services services = Stores.Services with { Environment = variable is null ? Stores.Environment() : Stores.Environment(("AWS_ENDPOINT_URL", variable)) };
            ObjectStoreException failure = Assert.ThrowsAsync<ObjectStoreException>(() =>
                S3ObjectStore.OpenWithAsync(new S3StoreOptions { Bucket = "bucket", EndpointUrl = option, Region = "eu-west-1" }, services, cancellationToken))!;
            Assert.That(failure.ToString(), Does.Not.Contain(Canary).And.Contain("host"));
        }
    }

    [TestCase("see https://u:cAnArYsEcReT0123456789@proxy:3128/ for it", "see https://***@proxy:3128/ for it")]
    [TestCase("http://cAnArYsEcReT0123456789@a and http://x:cAnArYsEcReT0123456789@b", "http://***@a and http://***@b")]
    [TestCase("somebody@example.com, //host/path@x", "somebody@example.com, //host/path@x")]
    public void Urls_in_text_lose_their_passwords(string text, string expected) => Assert.That(ObjectStoreText.OneLine(text), Is.EqualTo(expected));

    [Test, CancelAfter(30_000)]
    public async Task A_credential_process_that_fails_is_not_quoted(
        [Values("echo $1 >&2; exit 1", "echo $1; exit 0", "echo $1; exit 1", "echo \"{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"$1\\\"}\"", "echo \"{\\\"Version\\\":7,\\\"SecretAccessKey\\\":\\\"$1\\\"}\"")] string script,
        CancellationToken cancellationToken)
    {
        string program = Path.Combine(_home, "keys.sh");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\n{script}\n", cancellationToken);
        Write("config", $"[default]\nregion = eu-west-1\ncredential_process = /bin/sh {program} {Canary}\n");
        await AssertSilentAsync(cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task An_answer_of_a_container_that_cannot_be_used_is_not_quoted([Range(0, 4)] int kind, CancellationToken cancellationToken)
    {
        ScriptedAnswer[] answers =
        [
            ScriptedAnswer.Of("200 OK", "Content-Type: application/json", Canary),
            ScriptedAnswer.Of("200 OK", "Content-Type: application/json", $"{{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"{Canary}"),
            ScriptedAnswer.Of("200 OK", "Content-Type: application/json", $"{{\"Code\":\"{Canary}\",\"Message\":\"{Canary}\"}}"),
            ScriptedAnswer.Of("403 Forbidden", "Content-Type: application/json", $"{{\"code\":\"Denied\",\"message\":\"{Canary}\"}}"),
            ScriptedAnswer.Of("400 Bad Request", "", Canary),
        ];
        await using var server = new ScriptedServer(answers[kind]);
        SetVariable("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{server.Url}/creds");
        SetVariable("AWS_CONTAINER_AUTHORIZATION_TOKEN", Canary);
        await AssertSilentAsync(cancellationToken, ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{server.Url}/creds"));
    }

    [Test, CancelAfter(60_000)]
    public async Task An_answer_of_STS_that_cannot_be_used_is_not_quoted([Range(0, 2)] int kind, CancellationToken cancellationToken)
    {
        ScriptedAnswer[] answers =
        [
            ScriptedAnswer.Of("200 OK", "Content-Type: text/xml", $"<html>{Canary}"),
            ScriptedAnswer.Of("400 Bad Request", "Content-Type: text/xml", $"<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>{Canary}</Message></Error></ErrorResponse>"),
            ScriptedAnswer.Of("403 Forbidden", "", Canary),
        ];
        await using var server = new ScriptedServer(answers[kind]);
        SetVariable("AWS_ENDPOINT_URL_STS", server.Url);
        SetVariable("AWS_REGION", "eu-west-1");
        string tokenFile = Path.Combine(_home, "token");
        await File.WriteAllTextAsync(tokenFile, Canary, cancellationToken);
        await AssertSilentAsync(cancellationToken, ("AWS_WEB_IDENTITY_TOKEN_FILE", tokenFile), ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/r"));
    }

    [TestCase("[default]\naws_access_key_id = A\naws_secret_access_key cAnArYsEcReT0123456789\n")]
    [TestCase("[default\naws_secret_access_key = cAnArYsEcReT0123456789\n")]
    [TestCase("[default]\naws_secret_access_key = cAnArYsEcReT0123456789\n")]
    [TestCase("cAnArYsEcReT0123456789\n")]
    [CancelAfter(30_000)]
    public async Task A_credentials_file_that_cannot_be_read_is_not_quoted(string text, CancellationToken cancellationToken)
    {
        Write("credentials", text);
        await AssertSilentAsync(cancellationToken);
    }

    [Test]
    public void Keys_are_not_in_their_text()
    {
        var credentials = new AwsCredentials("AKIA", Canary, Canary);
        Assert.That(credentials.ToString(), Does.Contain("AKIA").And.Not.Contain(Canary));
    }

    // Neither in the message, nor in what a log at trace level would make of the exception.
    private async Task AssertSilentAsync(CancellationToken cancellationToken, params (string Name, string Value)[] variables)
    {
        S3Environment environment = Stores.Environment([.. variables, ("HOME", _home)]);
        S3Services services = Stores.Services with { Environment = environment };
        var options = new S3StoreOptions { Bucket = "bucket" };
        ObjectStoreException failure = Assert.ThrowsAsync<ObjectStoreException>(async () =>
            await new CredentialChain(options, AwsProfile.Load(null, environment), services).FetchAsync(false, cancellationToken))!;
        await TestContext.Out.WriteLineAsync(failure.Message);
        Assert.That(failure.Failure, Is.AnyOf(ObjectStoreFailure.NoCredentials, ObjectStoreFailure.Rejected));
        Assert.That(failure.ToString(), Does.Not.Contain(Canary));
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_home, ".aws", name), text);

    private void SetVariable(string name, string? value)
    {
        _changed.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }
}
