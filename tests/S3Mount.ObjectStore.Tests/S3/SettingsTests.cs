using S3Mount.ObjectStore.S3;
using S3Mount.ObjectStore.Tests.Wire;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>Region and endpoint, from option, environment and profile.</summary>
internal sealed class SettingsTests
{
    private string _home = "";

    [SetUp]
    public void CreateHome() => _home = Directory.CreateTempSubdirectory("s3mount-settings-").FullName;

    [TearDown]
    public void DeleteHome() => Directory.Delete(_home, recursive: true);

    [Test]
    public async Task The_region_comes_from_option_environment_profile_machine_default_in_that_order()
    {
        WriteConfig("[default]\nregion = from-profile\n");
        (string, string) region = ("AWS_REGION", "from-region"), fallback = ("AWS_DEFAULT_REGION", "from-default");
        Assert.That(await RegionOf(new S3StoreOptions { Bucket = "bucket", Region = "from-option" }, region, fallback), Is.EqualTo("from-option"));
        Assert.That(await RegionOf(new S3StoreOptions { Bucket = "bucket" }, region, fallback), Is.EqualTo("from-region"));
        Assert.That(await RegionOf(new S3StoreOptions { Bucket = "bucket" }, fallback), Is.EqualTo("from-default"));
        Assert.That(await RegionOf(new S3StoreOptions { Bucket = "bucket" }), Is.EqualTo("from-profile"));
        WriteConfig("");
        Assert.That(await RegionOf(new S3StoreOptions { Bucket = "bucket" }, ("AWS_EC2_METADATA_DISABLED", "false")), Is.EqualTo("from-machine"));
        Assert.That(await RegionOf(new S3StoreOptions { Bucket = "bucket" }), Is.EqualTo("us-east-1"));
        Assert.That(await RegionOf(new S3StoreOptions { Bucket = "bucket", NoSignRequest = true }, ("AWS_EC2_METADATA_DISABLED", "false")), Is.EqualTo("us-east-1"));
    }

    [Test, CancelAfter(10_000)]
    public async Task A_machine_that_does_not_tell_its_region_is_not_waited_for(CancellationToken cancellationToken)
    {
        var time = new S3Mount.Testing.FakeTimeProvider();
        S3Services services = Services(("AWS_EC2_METADATA_DISABLED", "false")) with
        {
            TimeProvider = time,
            MachineRegion = _ => new TaskCompletionSource<string?>().Task,
        };
        Task<S3Settings> settings = new S3SettingsResolver(new S3StoreOptions { Bucket = "bucket" }, services).ResolveAsync(cancellationToken);
        await time.WaitForTimersAsync(1, cancellationToken);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((await settings).Endpoint.Region, Is.EqualTo("us-east-1"));
    }

    [Test]
    public async Task The_endpoint_comes_from_option_service_variable_variable_service_profile_profile_in_that_order()
    {
        WriteConfig("[default]\nservices = mine\nendpoint_url = http://profile.example\n[services mine]\ns3 =\n  endpoint_url = http://services.example\n");
        (string, string) service = ("AWS_ENDPOINT_URL_S3", "http://service.example"), general = ("AWS_ENDPOINT_URL", "http://general.example");
        Assert.That(await HostOf(new S3StoreOptions { Bucket = "bucket", EndpointUrl = "http://option.example" }, service, general), Is.EqualTo("bucket.option.example"));
        Assert.That(await HostOf(new S3StoreOptions { Bucket = "bucket" }, service, general), Is.EqualTo("bucket.service.example"));
        Assert.That(await HostOf(new S3StoreOptions { Bucket = "bucket" }, general), Is.EqualTo("bucket.general.example"));
        Assert.That(await HostOf(new S3StoreOptions { Bucket = "bucket" }), Is.EqualTo("bucket.services.example"));
        WriteConfig("[default]\nendpoint_url = http://profile.example\n");
        Assert.That(await HostOf(new S3StoreOptions { Bucket = "bucket" }), Is.EqualTo("bucket.profile.example"));
        Assert.That(await HostOf(new S3StoreOptions { Bucket = "bucket" }, general, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")), Is.EqualTo("bucket.s3.us-east-1.amazonaws.com"));
        WriteConfig("[default]\nendpoint_url = http://profile.example\nignore_configured_endpoint_urls = true\n");
        Assert.That(await HostOf(new S3StoreOptions { Bucket = "bucket" }, general), Is.EqualTo("bucket.s3.us-east-1.amazonaws.com"));
        Assert.That(
            await HostOf(new S3StoreOptions { Bucket = "bucket", EndpointUrl = "http://option.example" }, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")),
            Is.EqualTo("bucket.option.example"));
    }

    [TestCase("http://127.0.0.1:9000", "bucket", false, "127.0.0.1:9000", "/bucket")]
    [TestCase("http://[::1]:9000", "bucket", false, "[::1]:9000", "/bucket")]
    [TestCase("http://localhost:9000", "bucket", false, "localhost:9000", "/bucket")]
    [TestCase("http://minio:9000/", "bucket", false, "minio:9000", "/bucket")]
    [TestCase("https://store.example", "bucket", false, "bucket.store.example", "/")]
    [TestCase("https://store.example:443/", "bucket", false, "bucket.store.example", "/")]
    [TestCase("https://store.example/", "bucket", true, "store.example", "/bucket")]
    [TestCase("https://store.example", "my.bucket", false, "store.example", "/my.bucket")]
    [TestCase("http://store.example", "my.bucket", false, "my.bucket.store.example", "/")]
    [TestCase("https://store.example", "Old_Bucket", false, "store.example", "/Old_Bucket")]
    public async Task The_bucket_goes_into_host_or_path(string url, string bucket, bool forced, string authority, string path)
    {
        S3Settings settings = await Resolve(new S3StoreOptions { Bucket = bucket, EndpointUrl = url, ForcePathStyle = forced });
        Assert.That((settings.Endpoint.Authority, settings.Endpoint.PathOf(default)), Is.EqualTo((authority, path)));
    }

    [TestCase("bucket", "eu-west-1", false, "bucket.s3.eu-west-1.amazonaws.com", "/")]
    [TestCase("my.bucket", "eu-west-1", false, "s3.eu-west-1.amazonaws.com", "/my.bucket")]
    [TestCase("bucket", "eu-west-1", true, "s3.eu-west-1.amazonaws.com", "/bucket")]
    [TestCase("bucket", "cn-north-1", false, "bucket.s3.cn-north-1.amazonaws.com.cn", "/")]
    [TestCase("bucket", "us-gov-west-1", false, "bucket.s3.us-gov-west-1.amazonaws.com", "/")]
    public async Task The_endpoints_of_AWS_follow_its_rules(string bucket, string region, bool forced, string authority, string path)
    {
        S3Settings settings = await Resolve(new S3StoreOptions { Bucket = bucket, Region = region, ForcePathStyle = forced });
        Assert.That((settings.Endpoint.Authority, settings.Endpoint.PathOf(default)), Is.EqualTo((authority, path)));
    }

    [Test]
    public async Task Dual_stack_and_FIPS_are_asked_for_by_variables() => Assert.That(
        await HostOf(new S3StoreOptions { Bucket = "bucket", Region = "us-east-2" }, ("AWS_USE_DUALSTACK_ENDPOINT", "true"), ("AWS_USE_FIPS_ENDPOINT", "true")),
        Is.EqualTo("bucket.s3-fips.dualstack.us-east-2.amazonaws.com"));

    [TestCase("store.example")]
    [TestCase("ftp://store.example")]
    [TestCase("http://user@store.example")]
    [TestCase("http://store.example/?x=1")]
    [TestCase("http://store.example/#x")]
    public void What_is_no_endpoint_is_refused(string url) => Assert.That(
        async () => await Resolve(new S3StoreOptions { Bucket = "bucket", EndpointUrl = url }),
        Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Rejected).And.Message.Contains(UrlText.WithoutUserInfo(url)));

    [TestCase("--endpoint-url")]
    [TestCase("AWS_ENDPOINT_URL_S3")]
    [TestCase("AWS_ENDPOINT_URL")]
    [TestCase("endpoint_url of profile 'default'")]
    public void An_endpoint_with_a_path_is_refused_wherever_it_stands(string source)
    {
        const string Url = "http://127.0.0.1:9000/bucket";
        WriteConfig(source.StartsWith("endpoint_url", StringComparison.Ordinal) ? $"[default]\nendpoint_url = {Url}\n" : "");
        (string, string)[] variables = source.StartsWith("AWS", StringComparison.Ordinal) ? [(source, Url)] : [];
        Assert.That(
            async () => await Resolve(new S3StoreOptions { Bucket = "bucket", EndpointUrl = source == "--endpoint-url" ? Url : null }, variables),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Rejected)
                .And.Message.EqualTo($"{source}: '{Url}' has more than a host and a port; write http://127.0.0.1:9000"));
    }

    [Test]
    public void A_region_that_is_no_host_label_is_refused() => Assert.That(
        async () => await Resolve(new S3StoreOptions { Bucket = "bucket", Region = "evil.example/x" }),
        Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Rejected));

    [Test]
    public async Task The_profile_is_that_of_the_option_or_the_variable()
    {
        WriteConfig("[profile a]\nregion = region-a\n[profile b]\nregion = region-b\n[default]\nregion = region-default\ns3 =\n  addressing_style = path\nca_bundle = /b.pem\n");
        Assert.That(await RegionOf(new S3StoreOptions { Bucket = "bucket", Profile = "a" }, ("AWS_PROFILE", "b")), Is.EqualTo("region-a"));
        Assert.That(await RegionOf(new S3StoreOptions { Bucket = "bucket" }, ("AWS_PROFILE", "b")), Is.EqualTo("region-b"));
        S3Settings settings = await Resolve(new S3StoreOptions { Bucket = "bucket" });
        Assert.That((settings.Endpoint.PathOf(default), settings.CaBundle), Is.EqualTo(("/bucket", "/b.pem")));
        Assert.That(
            async () => await Resolve(new S3StoreOptions { Bucket = "bucket", Profile = "nope" }),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.NoCredentials).And.Message.Contains("'nope'"));
    }

    [Test]
    public void A_config_file_is_read_with_comments_quotes_and_nested_settings()
    {
        AwsConfigFile file = AwsConfigFile.Parse(
        [
            "# comment", "[profile  \"my work\"] # comment", "region = eu-west-1 # behind", " output=json", "url = http://x/#y",
            "s3 =", "  endpoint_url = http://a", "\tmax_concurrent_requests = 3", "after = 1", "; comment", "[profile my work]", "region=eu-west-2", "colon: also", "several =", "[empty]",
        ]);
        Assert.That(file["profile my work"], Is.EquivalentTo(new Dictionary<string, string>
        {
            ["region"] = "eu-west-2",
            ["output"] = "json",
            ["url"] = "http://x/#y",
            ["s3"] = "",
            ["s3.endpoint_url"] = "http://a",
            ["s3.max_concurrent_requests"] = "3",
            ["after"] = "1",
            ["colon"] = "also",
            ["several"] = "",
        }));
        Assert.That(file["empty"], Is.Empty);
    }

    [TestCase("lost = before any section", 1)]
    [TestCase("[default]\n\n[open\nregion = x", 3)]
    [TestCase("[default]\nnovalue", 2)]
    [TestCase("[default]\ns3 =\n  novalue", 3)]
    [TestCase("[default]\n= noname", 2)]
    public void A_config_file_that_makes_no_sense_is_refused_as_the_AWS_CLI_refuses_it(string text, int line)
    {
        WriteConfig(text);
        Assert.That(
            async () => await Resolve(new S3StoreOptions { Bucket = "bucket" }, ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")),
            Throws.InstanceOf<ObjectStoreException>().With.Property("Failure").EqualTo(ObjectStoreFailure.Rejected)
                .And.Message.Contains(Path.Combine(_home, ".aws", "config")).And.Message.Contains($"line {line} ").And.Message.Not.Contains("novalue"));
    }

    [Test]
    public async Task Config_files_that_cannot_be_read_are_ignored_with_one_warning()
    {
        // A directory: what root cannot read either.
        string unreadable = Directory.CreateDirectory(Path.Combine(_home, "unreadable")).FullName;
        (string, string)[] variables = [("AWS_CONFIG_FILE", unreadable), ("AWS_SHARED_CREDENTIALS_FILE", unreadable)];
        var log = new WarningLog();
        S3Services services = Services(variables) with { Logger = log };
        S3Settings settings = await new S3SettingsResolver(new S3StoreOptions { Bucket = "bucket", Region = "eu-west-1" }, services).ResolveAsync(CancellationToken.None);
        Assert.That((settings.Endpoint.Region, settings.Profile.Exists), Is.EqualTo(("eu-west-1", false)));
        Assert.That(log.Lines.Single(), Does.Contain(unreadable).And.Contain("cannot be read").And.Contain("going on without"));
        Assert.That(
            async () => await Resolve(new S3StoreOptions { Bucket = "bucket", Profile = "nope" }, variables),
            Throws.InstanceOf<ObjectStoreException>().With.Message.Contains("'nope'").And.Message.Contains("cannot be read"));
    }

    private async Task<string> RegionOf(S3StoreOptions options, params (string, string)[] variables) => (await Resolve(options, variables)).Endpoint.Region;

    private async Task<string> HostOf(S3StoreOptions options, params (string, string)[] variables) => (await Resolve(options, variables)).Endpoint.Authority;

    private Task<S3Settings> Resolve(S3StoreOptions options, params (string, string)[] variables) =>
        new S3SettingsResolver(options, Services(variables)).ResolveAsync(CancellationToken.None);

    private S3Services Services(params (string, string)[] variables) => Stores.Services with
    {
        Environment = Stores.Environment([.. variables, ("HOME", _home)]),
        MachineRegion = _ => Task.FromResult<string?>("from-machine"),
    };

    private void WriteConfig(string text)
    {
        Directory.CreateDirectory(Path.Combine(_home, ".aws"));
        File.WriteAllText(Path.Combine(_home, ".aws", "config"), text);
    }
}
