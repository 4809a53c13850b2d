using S3Mount.CommandLine;
using S3Mount.Control.Client;
using S3Mount.Doctor;
using S3Mount.Hosting;
using S3Mount.Top;

namespace S3Mount;

/// <summary>The commands, in the order of the help text.</summary>
internal static class Verbs
{
    /// <summary>What is written without a verb.</summary>
    public static readonly HelpTopic Mount = new("mounts a bucket, or a prefix of it, as a read-only directory", MountCommand.Usage, MountCommand.ConfigUsage)
    {
        About =
        [
            "The bucket is written BUCKET, BUCKET/PREFIX or s3://BUCKET/PREFIX. s3mount returns when the mount is usable; the daemon stays in the background until the directory is unmounted.",
            "Options may also be written into a YAML file, by their names without the dashes, with bucket and mountpoint, and as variables: S3MOUNT_METADATA_TTL=10m. In a file, datasets: with a line NAME: BUCKET[/PREFIX] for each, in place of bucket, shows several as directories below one mountpoint. The command line wins over -o, that over variables, and those over the file. --allow-other=false keeps off what a file turns on.",
            "Sizes are written 512MiB, 2G or in bytes; durations 60 (seconds), 90s, 10m, 1h or indefinite.",
        ],
        Options = MountOptions.Groups,
        Examples =
        [
            "s3mount my-datasets/imagenet /mnt/imagenet --metadata-ttl 1h",
            "s3mount s3://my-shards /mnt/shards --profile training --memory 8GiB",
            "s3mount public-bucket /mnt/public --no-sign-request --region us-east-1",
            "s3mount models /mnt/models --endpoint-url http://10.0.0.5:9000",
            "s3mount -f my-datasets /mnt/data --allow-other --uid trainer --gid trainer",
            "s3mount --config /etc/s3mount/imagenet.yaml",
        ],
    };

    public static readonly IReadOnlyList<Verb> All =
    [
        new(
            UmountCommand.Verb,
            new("ends a mount", UmountCommand.Usage)
            {
                Options = [("Options", [new("lazy", null, "also while files are open: they can be read until they are closed") { ShortName = 'l' }])],
                Examples = ["s3mount umount /mnt/imagenet"],
            },
            args =>
            {
                UmountProgram.Run(UmountCommand.Parse(args));
                return Task.FromResult(EntryPoint.Done);
            }),
        new(
            StatusCommand.Verb,
            new("tells what is mounted and how it fares", StatusCommand.Usage)
            {
                About = ["Without MOUNTPOINT it tells of all mounts of the user, and when root asks of all mounts of the machine. The exit code is 1 when one does not answer."],
                Options = [("Options", [CommonOptions.Json])],
                Examples = ["s3mount status /mnt/imagenet"],
            },
            args => StatusProgram.RunAsync(StatusCommand.Parse(args), Console.Out)),
        new(
            TopCommand.Verb,
            new("shows how a mount fares, live in the terminal", TopCommand.Usage)
            {
                About =
                [
                    "It shows what is read, from where, what readers wait for, and who they are; q or Ctrl-C leaves it. MOUNTPOINT can be left out where there is one mount. Without a terminal it prints frames (-n); status is the command for scripts.",
                ],
                Options = [("Options", TopCommand.Own)],
                Examples = ["s3mount top /mnt/imagenet"],
            },
            args => TopProgram.RunAsync(TopCommand.Parse(args), () => Console.Out)),
        new(
            ExplainCommand.Verb,
            new("tells where the bytes of a file are, and what a read would do", ExplainCommand.Usage)
            {
                About = ["It reads nothing of the file, and asks the store only for names that are not known now."],
                Options = [("Options", [CommonOptions.Json])],
                Examples = ["s3mount explain /mnt/imagenet/train/n01440764/n01440764_18.JPEG"],
            },
            async args =>
            {
                await ExplainProgram.RunAsync(ExplainCommand.Parse(args), Console.Out).ConfigureAwait(false);
                return EntryPoint.Done;
            }),
        new(
            RefreshCommand.Verb,
            new("asks the store now for what has changed", RefreshCommand.Usage)
            {
                Options = [("Options", [new("recursive", null, "also everything below PATH") { ShortName = 'r' }])],
                Examples = ["s3mount refresh /mnt/imagenet/train"],
            },
            async args =>
            {
                await RefreshProgram.RunAsync(RefreshCommand.Parse(args), Console.Out).ConfigureAwait(false);
                return EntryPoint.Done;
            }),
        new(
            ReloadCommand.Verb,
            new("shows the datasets that the configuration file names now", ReloadCommand.Usage)
            {
                About = ["For mounts of several datasets (see help mount): those that were added to the file come, those that are not there any more go, and what has changed goes and comes; the others do not notice. Without MOUNTPOINT all such mounts of the user do so. SIGHUP to the daemon does the same. A file that is wrong changes nothing. The exit code is 1 when a dataset cannot be shown."],
                Examples = ["s3mount reload /datasets"],
            },
            args => ReloadProgram.RunAsync(ReloadCommand.Parse(args), Console.Out, Console.Error)),
        new(
            WarmCommand.Verb,
            new("brings files to the disk cache of their mount", WarmCommand.Usage)
            {
                About = ["A file, or all files below a directory, come to the cache of their mount (--cache), behind its readers; what is there is skipped, so that it goes on where it was stopped. The exit code is 1 if anything failed."],
                Options =
                [
                    ("Options",
                    [
                        new("from-list", "FILE", "take paths from FILE, one a line, in this order, absolute or relative to PATH; - is the standard input"),
                        new("check", null, "tell how much is cached; the exit code is 1 if anything is missing"),
                    ]),
                ],
                Examples = ["s3mount warm /mnt/imagenet/train", "find /mnt/imagenet/val -type f | s3mount warm --from-list -"],
            },
            args => WarmProgram.RunAsync(WarmCommand.Parse(args), Console.Out, Console.Error, !Console.IsErrorRedirected)),
        new(
            CacheCommand.Verb,
            new("looks at, checks or deletes a disk cache", CacheCommand.Usage)
            {
                About = ["It works on the directory of a cache, also while mounts use it: stats tells what it has, verify reads and checks all of it, marks what is damaged and then ends with exit code 1, clear deletes it."],
                Examples = ["s3mount cache stats /nvme/s3mount"],
            },
            args => CacheProgram.RunAsync(CacheCommand.Parse(args), Console.Out)),
        new(
            SnapshotCommand.Verb,
            new("pins a dataset: its listing in one file", SnapshotCommand.CreateUsage, SnapshotCommand.ShowUsage, SnapshotCommand.VerifyUsage)
            {
                About = ["A snapshot is the listing of everything below a prefix in one file: create makes it, show tells what it holds, with a digest of the whole dataset, and verify what has changed in the store since; verify asks the store that the file names. --snapshot mounts it."],
                Options = [("Store", MountOptions.Store), ("Of verify", [SnapshotCommand.Quiet])],
                Examples = ["s3mount snapshot create my-datasets/imagenet imagenet.snap", "s3mount snapshot verify imagenet.snap"],
            },
            args => SnapshotProgram.RunAsync(SnapshotCommand.Parse(args))),
        new(
            DoctorCommand.Verb,
            new("tells whether mounting will work, how fast, and with which options", DoctorCommand.Usage)
            {
                About = ["It looks at this machine and, with BUCKET, at the store: each step of the way to it, what may be listed and read, and how fast. For each thing that fails it says what to do, and ends with options that suit. At most 2 GiB are read, nothing is written but a file in --cache DIR that goes at once. The exit code is 1 if anything failed."],
                Options = [("Store", MountOptions.Store), ("Of doctor", DoctorCommand.Own)],
                Examples = ["s3mount doctor my-datasets/imagenet"],
            },
            args => DoctorProgram.RunAsync(DoctorCommand.Parse(args), Console.Out, DoctorProgram.HasColor(!Console.IsOutputRedirected, Environment.GetEnvironmentVariable))),
        new(
            ConfigCommand.Verb,
            new("checks a configuration file; shows what is in force", ConfigCommand.CheckUsage, ConfigCommand.ShowUsage)
            {
                About = ["check tells all that is wrong in a file, a line each, and then ends with exit code 1. show is given what a mount would be given; it prints each option as it would be in force, and where it came from: command line, -o, variable, file and line, or default. Nothing is mounted, and no store is asked."],
                Options = [("Of show, besides those of a mount", [CommonOptions.Json])],
                Examples = ["s3mount config check /etc/s3mount/imagenet.yaml", "s3mount config show --config imagenet.yaml --memory 8GiB"],
            },
            args => Task.FromResult(ConfigProgram.Run(ConfigCommand.Parse(args), Console.Out, Console.Error))),
    ];

    public static Verb? Find(string name) => All.FirstOrDefault(verb => verb.Name == name);
}
