using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using S3Mount.CommandLine;
using S3Mount.Configuration;
using S3Mount.Configuration.Layers;
using S3Mount.Testing;
using S3Mount.Testing.Kubernetes;
using S3Mount.Tests.CommandLine;

namespace S3Mount.Tests.Kubernetes;

/// <summary>packaging/kubernetes, and what the program makes of it.</summary>
internal static class Manifests
{
    public static string Api { get; } = Path.Join(Root(), "tests/S3Mount.Tests/Kubernetes/api.json");

    public static IReadOnlyList<Kustomization> Bases { get; } =
        [.. Directory.EnumerateDirectories(Path.Join(Root(), "packaging/kubernetes")).Order(StringComparer.Ordinal).Select(Kustomization.Load)];

    public static IEnumerable<PodSpec> Pods => Bases.SelectMany(kustomization => kustomization.Pods);

    /// <summary>Those in which s3mount runs.</summary>
    public static IEnumerable<PodSpec> ServingPods => Pods.Where(pod => pod.Containers.Any(container => ArgumentsOf(container) is not null));

    /// <summary>The container that runs s3mount.</summary>
    public static JsonObject Server(this PodSpec pod) => pod.Containers.Single(container => ArgumentsOf(container) is not null);

    /// <summary>What the program is given, be it by a script; null: it is not run there.</summary>
    public static string[]? ArgumentsOf(JsonObject container)
    {
        string[] command = PodSpec.CommandOf(container);
        string[] words = command is ["/bin/sh", "-c", var script] ? script.Split('\n').FirstOrDefault(line => line.StartsWith("exec s3mount ", StringComparison.Ordinal))?.Split(' ')[1..] ?? [] : command;
        int program = Array.IndexOf(words, "s3mount");
        // The number that the descriptor is likely to have.
        return program < 0 ? null : [.. words[(program + 1)..].Select(word => word.Replace("{fd}", "4", StringComparison.Ordinal))];
    }

    /// <summary>The settings with which it would run in the container, whose limit is its machine's memory.</summary>
    /// <exception cref="UsageException">It would refuse to start.</exception>
    public static MountSettings SettingsOf(PodSpec pod, JsonObject container)
    {
        using var directory = new TempDirectory("s3mount-manifest");
        string[] arguments = ArgumentsOf(container)!;
        int config = Array.IndexOf(arguments, "--config") + 1;
        (string _, JsonObject volume, string inside) = VolumeAt(pod, container, arguments[config])!.Value;
        string text = pod.FilesOf(volume)![inside];
        // Paths are absolute there: the directory does not show.
        directory.Write(inside, text);
        arguments[config] = directory[inside];
        int root = (int?)container["securityContext"]!["runAsUser"] ?? throw new InvalidDataException("runAsUser is missing");
        Machine machine = Settings.Machine with { Uid = (uint)root, Gid = (uint)root, MemoryLimit = () => BytesOf((string)container["resources"]!["limits"]!["memory"]!) };
        Assert.That(ConfigurationFile.Parse(directory[inside], Encoding.UTF8.GetBytes(text)).Problems, Is.Empty);
        return SettingsReader.Read(MountCommand.Parse(arguments, values => LowerLayers.AddTo(values, _ => null)), machine);
    }

    /// <summary>The volume that a path lies in: where it is mounted, which it is, and the path inside; null: in none.</summary>
    public static (string MountPath, JsonObject Volume, string Inside)? VolumeAt(PodSpec pod, JsonObject container, string path)
    {
        foreach (JsonObject mount in PodSpec.MountsOf(container))
        {
            string at = (string)mount["mountPath"]!;
            if ((path + "/").StartsWith(at + "/", StringComparison.Ordinal))
                return (at, pod.Volume((string)mount["name"]!), path[at.Length..].Trim('/'));
        }
        return null;
    }

    /// <summary>Of a quantity such as 4Gi.</summary>
    public static long BytesOf(string quantity) => long.Parse(quantity[..^2], CultureInfo.InvariantCulture) << (quantity[^2..] switch { "Mi" => 20, "Gi" => 30, _ => throw new FormatException(quantity) });

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
