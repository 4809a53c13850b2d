using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;
using S3Mount.Hosting;
using S3Mount.Testing;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Configuration.Layers;

/// <summary>The same option in the file, in a variable, in fstab's list and on the command line.</summary>
[TestFixture]
public sealed class LayerTests
{
    private static readonly OptionLayer[] _layers = Enum.GetValues<OptionLayer>();

    private static IEnumerable<OptionDefinition> Keys => MountOptions.Keys;

    [TestCaseSource(nameof(Keys))]
    public void An_option_means_the_same_in_every_layer(object key)
    {
        var option = (OptionDefinition)key;
        MountSettings without = Read(null, option);
        MountSettings expected = Read(OptionLayer.CommandLine, option);
        Assert.That(expected, Is.Not.EqualTo(without), "the value that is tried does nothing");
        foreach (OptionLayer layer in _layers.Where(layer => layer != OptionLayer.Fstab || option.InFstab))
            Assert.That(Read(layer, option), Is.EqualTo(expected), layer.ToString());
    }

    [TestCase(OptionLayer.File, OptionLayer.Environment)]
    [TestCase(OptionLayer.File, OptionLayer.Fstab)]
    [TestCase(OptionLayer.File, OptionLayer.CommandLine)]
    [TestCase(OptionLayer.Environment, OptionLayer.Fstab)]
    [TestCase(OptionLayer.Environment, OptionLayer.CommandLine)]
    [TestCase(OptionLayer.Fstab, OptionLayer.CommandLine)]
    public void Of_two_layers_the_higher_one_wins(object low, object high)
    {
        var (lower, higher) = ((OptionLayer)low, (OptionLayer)high);
        using LayeredOptions values = new LayeredOptions().Set(lower, MountOptions.Memory, "100MiB").Set(higher, MountOptions.Memory, "200MiB");
        Assert.That(values.Read().Memory, Is.EqualTo(200L << 20));
        using LayeredOptions off = new LayeredOptions().Set(lower, MountOptions.AllowOther, "true").Set(higher, MountOptions.AllowOther, "false");
        Assert.That(off.Read().AllowOther, Is.False);
        using LayeredOptions on = new LayeredOptions().Set(lower, MountOptions.AllowOther, "false").Set(higher, MountOptions.AllowOther, "true");
        Assert.That(on.Read().AllowOther, Is.True);
    }

    [Test]
    public void Layers_add_up()
    {
        using LayeredOptions values = new LayeredOptions()
            .Set(OptionLayer.File, MountOptions.Region, "file").Set(OptionLayer.Environment, MountOptions.Profile, "variable")
            .Set(OptionLayer.Fstab, MountOptions.MaxConnections, "5").Set(OptionLayer.CommandLine, MountOptions.MetadataTtl, "1h");
        MountSettings settings = values.Read();
        Assert.That((settings.Region, settings.Profile, settings.MaxConnections, settings.MetadataTtl), Is.EqualTo(("file", "variable", 5, TimeSpan.FromHours(1))));
    }

    [Test]
    public void A_flag_that_is_off_does_not_ask_for_what_it_would_need()
    {
        using LayeredOptions values = new LayeredOptions().Set(OptionLayer.File, MountOptions.AllowOther, "true").Set(OptionLayer.CommandLine, MountOptions.AllowOther, "false")
            .Set(OptionLayer.CommandLine, MountOptions.AllowRoot, "true").Set(OptionLayer.File, MountOptions.Hydrate, "no");
        Assert.That((values.Read().AllowOther, values.Read().AllowRoot, values.Read().Hydrate), Is.EqualTo((false, true, false)));
    }

    [TestCase("--hydrate=false --hydrate", true)]
    [TestCase("--hydrate --hydrate=false", false)]
    [TestCase("--hydrate=yes", true)]
    [TestCase("-o hydrate --hydrate=off", false)]
    [TestCase("-o hydrate=0", false)]
    public void Of_one_flag_the_last_counts(string options, bool expected) =>
        Assert.That(Settings.Read(["bucket", "/mnt", "--cache", "/c", .. options.Split(' ')]).Hydrate, Is.EqualTo(expected));

    [Test]
    public void A_bucket_may_be_called_true_behind_a_flag()
    {
        MountSettings settings = Settings.Read("-f", "true", "/mnt");
        Assert.That((settings.Foreground, settings.Bucket), Is.EqualTo((true, "true")));
        Assert.That(Settings.Error("b", "--", "--foreground=false"), Is.EqualTo("unknown option '--foreground=false'; see s3mount --help"), "a directory of that name is written ./--foreground=false");
    }

    [TestCase("", "b p/ /data")]
    [TestCase("/mnt", "b p/ /mnt")]
    [TestCase("s3://other", "other  /data")]
    [TestCase("other /mnt", "other  /mnt")]
    [TestCase("other", null)]
    public void Bucket_and_mountpoint_may_come_from_the_file(string line, string? expected)
    {
        using var directory = new TempDirectory();
        string[] args = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--config", directory.Write("f.yaml", "bucket: b/p\nmountpoint: /data\n")];
        if (expected is not null)
            Assert.That(Describe(Settings.ReadWith(Nothing, args)), Is.EqualTo(expected));
        else
            Assert.That(() => Settings.ReadWith(Nothing, args), Throws.TypeOf<UsageException>().With.Message.EqualTo(
                $"is 'other' the bucket or the mountpoint? Both are given already ({directory["f.yaml"]}:1, {directory["f.yaml"]}:2); write ./other or s3://other"));
    }

    [Test]
    public void A_single_argument_is_what_the_layers_below_have_not_said()
    {
        Assert.That(Describe(Settings.ReadWith(Variables(("S3MOUNT_BUCKET", "b")), "data")), Is.EqualTo($"b  {Environment.CurrentDirectory}/data"));
        Assert.That(Describe(Settings.ReadWith(Variables(("S3MOUNT_MOUNTPOINT", "/mnt")), "data")), Is.EqualTo("data  /mnt"));
        Assert.That(Describe(Settings.ReadWith(Variables(("S3MOUNT_BUCKET", "b"), ("S3MOUNT_MOUNTPOINT", "/mnt")))), Is.EqualTo("b  /mnt"));
    }

    [Test]
    public void A_variable_names_the_file_and_the_command_line_names_another()
    {
        using var directory = new TempDirectory();
        Dictionary<string, string> variables = Variables(("S3MOUNT_CONFIG", directory.Write("one.yaml", "region: one")));
        string other = directory.Write("other.yaml", "region: other");
        Assert.That(Settings.ReadWith(variables, "b", "/mnt").Region, Is.EqualTo("one"));
        Assert.That(Settings.ReadWith(variables, "b", "/mnt", "--config", other).Region, Is.EqualTo("other"));
        Assert.That(Settings.ReadWith(variables, "b", "/mnt", "-o", $"ro,config={other}").Region, Is.EqualTo("other"));
        Assert.That(Settings.ReadWith(Variables(("S3MOUNT_CONFIG", "")), "b", "/mnt").Region, Is.Null, "an empty variable is none");
    }

    [Test]
    public void Variables_that_are_no_options_do_not_matter()
    {
        Dictionary<string, string> variables = Variables(
            ("S3MOUNT_PROGRAM", "/p"), ("S3MOUNT_FIGURES", "x"), ("S3MOUNT_SERVICE_HOST", "10.0.0.1"), ("S3MOUNT_PORT", "tcp://10.0.0.1:80"), ("S3MOUNT_METADATA_TLL", "soon"), ("S3MOUNT_REGION", ""));
        Assert.That(Settings.ReadWith(variables, "b", "/mnt"), Is.EqualTo(Settings.Read("b", "/mnt")));
        Assert.That(EnvironmentLayer.Misspelt(variables.Keys), Is.EqualTo(new[] { "S3MOUNT_METADATA_TLL is not looked at; did you mean S3MOUNT_METADATA_TTL?" }));
    }

    [Test]
    public void No_option_has_the_variable_that_starts_a_daemon() => Assert.That(MountOptions.All.Select(OptionOrigin.VariableOf), Does.Not.Contain(Detachment.Variable));

    private static Dictionary<string, string> Nothing => [];

    private static Dictionary<string, string> Variables(params (string Name, string Value)[] variables) => variables.ToDictionary(variable => variable.Name, variable => variable.Value);

    private static string Describe(MountSettings settings) => $"{settings.Bucket} {settings.Prefix} {settings.Mountpoint}";

    private static MountSettings Read(OptionLayer? layer, OptionDefinition option)
    {
        using var values = new LayeredOptions();
        // Bucket and mountpoint on the command line would hide those below.
        if (layer is not null and not OptionLayer.CommandLine && option == MountOptions.Bucket)
            values.Positions.RemoveAt(0);
        else if (layer is not null and not OptionLayer.CommandLine && option == MountOptions.Mountpoint)
            values.Positions.RemoveAt(1);
        foreach ((OptionDefinition companion, string text) in OptionSamples.Companions(option))
            values.Set(OptionLayer.CommandLine, companion, text);
        return (layer is { } place ? values.Set(place, option, OptionSamples.Of(option)) : values).Read();
    }
}
