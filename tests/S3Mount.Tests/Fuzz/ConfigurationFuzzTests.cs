using System.Text;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;
using S3Mount.Testing;
using S3Mount.Testing.Fuzzing;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Fuzz;

/// <summary>What people and machines write: it is understood, or refused with a sentence.</summary>
[Category("Fuzz")]
public sealed class ConfigurationFuzzTests
{
    private static readonly byte[][] _words = FuzzRun.Words(
        "\n", ",", "=", "\\", "\\,", "-o\n", "--memory\n", "--metadata-ttl\n", "--prefix\n", "--uid\n", "--file-mode\n", "--io-deadline\n", "--max-connections\n", "--cache\n", "--", "-f", "s3://",
        "://", "arn:", "--x-s3", "/", "..", "indefinite", "GiB", "d", "s", "-1", "0", "9223372036854775807", "8388608T", "\0", "\xff", "memory=", "uid=", "rw", "prefix=", " ", "'", "%", "#");

    [Test]
    public void A_command_line_is_read_or_refused_with_one_line()
    {
        Corpus corpus = Corpus.OfTexts(
            "CommandLines", "bucket\n/mnt", "s3://bucket/a/prefix\n/mnt\n--memory\n1GiB\n--metadata-ttl\n10m\n--negative-metadata-ttl\n5\n--max-connections\n64",
            "bucket\n/mnt\n-o\nro,metadata_ttl=10m,uid=trainer,gid=5,prefix=a\\,b,file_mode=0440,x-systemd.automount",
            "bucket\n/mnt\n--uid\n1000\n--dir-mode\n0555\n--io-deadline\n0\n--endpoint-url\nhttp://10.0.0.5:9000\n--region\neu-west-1\n-f",
            "bucket\n/mnt\n--cache\n/var/cache/x\n--max-cache-size\n10GB\n--log-level\ndebug");
        var run = new FuzzRun { Corpus = corpus, Executions = 10_000, Tokens = _words, MaxLength = 2000, MaxAllocated = 256 * 1024 };
        FuzzResult result = run.Run(input =>
        {
            try
            {
                // No argument has a NUL in it (execve(2)).
                MountSettings settings = Settings.Read(Encoding.Latin1.GetString(input).Replace('\0', '0').Split('\n'));
                FuzzCheckException.Unless(settings.Memory > 0 && (settings.MetadataTtl >= TimeSpan.Zero || settings.MetadataTtl == Timeout.InfiniteTimeSpan), "settings that make no sense");
                return "read";
            }
            catch (UsageException exception)
            {
                FuzzCheckException.Unless(exception.Message.Length > 0, "a refusal without a word");
                return "refused";
            }
        });
        Assert.That(result.Count("read"), Is.GreaterThan(result.Executions / 50));
        Assert.That(result.Count("refused"), Is.GreaterThan(result.Executions / 50));
    }

    [Test]
    public void A_configuration_file_is_read_or_refused_with_lines_that_name_it()
    {
        Corpus corpus = Corpus.OfTexts(
            "ConfigurationFiles", "bucket: s3://my-datasets/imagenet\nmountpoint: /mnt\n", "# comment\n%YAML 1.1\n---\nmetadata_ttl: 1h\nallow-other: yes\nuid: 'trainer'\n...\n",
            "memory: 1GiB\ncache: cache\nhydrate: true\nfile-mode: 0440\nprefix: \"a\\u00fc\\tb\"\n", "{region: r, max-connections: 7}\n", "region: &a r\nprofile: *a\n? [x, {y: z}]\n: |\n  text\n<<: !!map {}\n",
            "datasets:\n  train:\n  - bucket: a\n    prefix: b\n  val: {bucket: c}\nio-deadline: 0\n", "? {\np", "prefix: \"\\UFFFFFFFF\"", ": \n !!]", " : a", ": *: *a\n: z");
        byte[][] words = FuzzRun.Words(
            "\n", ": ", "- ", "? ", "[", "]", "{", "}", ", ", "&a ", "*a", "!t ", "!!str ", "|\n", ">-\n", "'", "\"", "\\x41", "\\U0010ffff", "\\UFFFFFFFF", "\\ud800", "#", " #", "---\n", "...\n", "%TAG ! x\n", "<<: ", "\t", "  ", "~", "null",
            "true", "no", "\xef\xbb\xbf", "\xe2\x80\xa8", "\xc2\x85", "\r", "\xff", "\0", "bucket: ", "mountpoint: ", "memory: ", "metadata-ttl: ", "hydrate: ", "cache: ", "1G", "5m");
        var run = new FuzzRun { Corpus = corpus, Executions = 10_000, Tokens = words, MaxLength = 4000, MaxAllocated = 1 << 20, MaxAllocatedAByte = 1024 };
        FuzzResult result = run.Run(input =>
        {
            ConfigurationFile file = ConfigurationFile.Parse("f.yaml", input);
            bool isRead = file.Problems.Count == 0;
            _ = SettingsReader.Read(new MountCommand(file.Values.Text(MountOptions.Bucket) ?? "bucket", file.Values.Text(MountOptions.Mountpoint) ?? "/", file.Values), Settings.Machine);
            foreach (string problem in file.Problems)
                FuzzCheckException.Unless(IsPlaced(problem), $"a problem without a place: {problem}");
            return isRead ? file.Problems.Count == 0 ? "fine" : "wrong values" : "wrong file";
        });
        Assert.That(result.Outcomes.Keys, Is.EquivalentTo(new[] { "fine", "wrong values", "wrong file" }));
        Assert.That(result.Count("fine"), Is.GreaterThan(result.Executions / 100));

        static bool IsPlaced(string problem) => System.Text.RegularExpressions.Regex.IsMatch(problem, @"^f\.yaml:[1-9][0-9]*: [^\n]+$") && !problem.Any(char.IsControl);
    }

    [Test]
    public void Sizes_and_durations_are_numbers_that_can_be_or_refused()
    {
        FuzzResult result = new FuzzRun { Corpus = Corpus.OfTexts("Values", "512MiB", "2G", "90s", "10m", "indefinite", "0", "30d"), Executions = 20_000, Tokens = _words, MaxLength = 100, MaxAllocated = 16 * 1024 }
            .Run(input => $"{Try(input, text => SizeText.Parse(text) >= 0)}, {Try(input, IsDuration)}");
        Assert.That(result.Outcomes, Has.Count.EqualTo(4), "each is read and refused");

        static bool IsDuration(string text) => DurationText.Parse(text) is var duration && (duration == Timeout.InfiniteTimeSpan || (duration >= TimeSpan.Zero && duration <= TimeSpan.FromDays(30)));
    }

    [Test]
    public void Limits_of_memory_are_read_from_whatever_the_kernel_shows()
    {
        using var root = new TempDirectory();
        Directory.CreateDirectory(root["proc/self"]);
        Directory.CreateDirectory(root["sys/fs/cgroup/a/b"]);
        File.WriteAllText(root["sys/fs/cgroup/a/memory.max"], "1000000000\n");
        Corpus corpus = Corpus.OfTexts(
            "Cgroups", "0::/a/b\n|30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n|MemTotal:       16000000 kB\n",
            "4:cpu,memory:/a\n0::/\n|30 23 0:26 /a /sys/fs/cgroup rw shared:1 - cgroup cgroup rw,memory\n|MemTotal: 1 kB\n");
        FuzzResult result = new FuzzRun { Corpus = corpus, Executions = 1000, Tokens = FuzzRun.Words("\n", "|", ":", "/", "/..", " - ", "cgroup2", "memory", "MemTotal:", "kB", "9223372036854775807"), MaxLength = 4000 }
            .Run(input =>
            {
                // The kernel writes no NUL, and no name that is not one of its own.
                string[] files = Encoding.UTF8.GetString(input).Replace('\0', '0').Split('|', 3);
                File.WriteAllText(root["proc/self/cgroup"], files[0]);
                File.WriteAllText(root["proc/self/mountinfo"], files.ElementAtOrDefault(1) ?? "");
                File.WriteAllText(root["proc/meminfo"], files.ElementAtOrDefault(2) ?? "");
                return MemoryLimit.Read(root.Path) switch { 1000000000 => "that of the cgroup", long.MaxValue => "none", < 0 => "below 0", _ => "that of the machine" };
            });
        Assert.That(result.Outcomes.Keys, Is.EquivalentTo(new[] { "that of the cgroup", "none", "that of the machine" }));
    }

    private static string Try(byte[] input, Func<string, bool> parse)
    {
        try
        {
            FuzzCheckException.Unless(parse(Encoding.Latin1.GetString(input)), "a value that cannot be");
            return "read";
        }
        catch (FormatException)
        {
            return "refused";
        }
    }
}
