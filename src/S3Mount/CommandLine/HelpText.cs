using System.Text;

namespace S3Mount.CommandLine;

/// <summary>What <c>--help</c> prints, written from the table of options.</summary>
internal static class HelpText
{
    /// <summary>Terminals are at least this wide.</summary>
    private const int Width = 100;

    /// <summary>The longest option, <c>--negative-metadata-ttl DURATION</c>, with its indent and a gap.</summary>
    private const int DescriptionColumn = 38;

    public static string Write()
    {
        var text = new StringBuilder();
        text.Append($"""
            s3mount shows the objects of an S3 bucket, or of a prefix of it, as read-only files.

            Usage:
              {MountCommand.Usage}
              {UmountCommand.Usage}
              {SnapshotCommand.CreateUsage}
              {SnapshotCommand.ShowUsage}
              {SnapshotCommand.VerifyUsage}
              {StatusCommand.Usage}
              {RefreshCommand.Usage}
              {WarmCommand.Usage}
              {CacheCommand.Usage}
              s3mount --version | --help

            The bucket is written BUCKET, BUCKET/PREFIX or s3://BUCKET/PREFIX. s3mount returns when the mount
            is usable; the daemon stays in the background until the directory is unmounted.

            A snapshot is the listing of everything below a prefix in one file: create makes it, show tells
            what it holds, with a digest of the whole dataset, and verify what has changed in the store since.
            They take the options under Store; verify asks the store that the file names.

            warm brings a file, or all files below a directory, to the cache of a mount (--cache), behind its
            readers; what is there is skipped, so that it goes on where it was stopped. With --from-list it
            takes paths from FILE, one a line, in this order, absolute or relative to PATH; - is the standard
            input. --check tells how much is cached, with exit code 1 if anything is missing.

            cache works on the directory of a cache, also while mounts use it: stats tells what it has, verify
            reads and checks all of it, marks what is damaged and then ends with exit code 1, clear deletes it.

            """);
        foreach ((string title, OptionDefinition[] options) in MountOptions.Groups)
        {
            text.Append('\n').Append(title).Append(":\n");
            foreach (OptionDefinition option in options)
                AppendOption(text, option);
        }
        text.Append("""

            Sizes are written 512MiB, 2G or in bytes; durations 60 (seconds), 90s, 10m, 1h or indefinite.

            Examples:
              s3mount my-datasets/imagenet /mnt/imagenet --metadata-ttl 1h
              s3mount s3://my-shards /mnt/shards --profile training --memory 8GiB
              s3mount public-bucket /mnt/public --no-sign-request --region us-east-1
              s3mount models /mnt/models --endpoint-url http://10.0.0.5:9000
              s3mount -f my-datasets /mnt/data --allow-other --uid trainer --gid trainer
              s3mount status /mnt/imagenet
              s3mount refresh /mnt/imagenet/train
              s3mount warm /mnt/imagenet/train
              s3mount umount /mnt/imagenet
              s3mount snapshot create my-datasets/imagenet imagenet.snap

            Exit codes: 0 mounted or done, 1 failed, 2 wrong usage.

            """);
        return text.ToString();
    }

    private static void AppendOption(StringBuilder text, OptionDefinition option)
    {
        string left = option.ShortName is char letter ? $"  -{letter}, {option.LongName}" : $"  {option.LongName}";
        if (!option.IsFlag)
            left += " " + option.ValueName;
        int column = left.Length;
        text.Append(left);
        foreach (string word in option.Description.Split(' '))
        {
            if (column < DescriptionColumn || column + 1 + word.Length > Width)
            {
                if (column >= DescriptionColumn)
                {
                    text.Append('\n');
                    column = 0;
                }
                text.Append(' ', DescriptionColumn - column).Append(word);
                column = DescriptionColumn + word.Length;
            }
            else
            {
                text.Append(' ').Append(word);
                column += 1 + word.Length;
            }
        }
        text.Append('\n');
    }
}
