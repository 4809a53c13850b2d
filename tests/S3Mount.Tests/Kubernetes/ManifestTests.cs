using System.Text.Json.Nodes;
using S3Mount.Configuration;
using S3Mount.Hosting;
using S3Mount.Testing.Kubernetes;

namespace S3Mount.Tests.Kubernetes;

/// <summary>packaging/kubernetes: what a cluster would refuse, and what it would take and do wrong.</summary>
[TestFixture]
public sealed class ManifestTests
{
    private static IEnumerable<PodSpec> Pods => Manifests.Pods;

    private static IEnumerable<PodSpec> ServingPods => Manifests.ServingPods;

    [Test]
    public void There_are_a_sidecar_a_daemonset_and_a_way_without_privileges_each_with_a_job()
    {
        Assert.That(Manifests.Bases.Select(one => Path.GetFileName(one.Directory)), Is.EqualTo((string[])["daemonset", "sidecar", "unprivileged"]));
        Assert.That(Manifests.Bases.Select(one => one.Of("Job").Count()), Is.All.EqualTo(1));
        Assert.That(ServingPods.Count(), Is.EqualTo(3));
    }

    [Test]
    public void Every_object_has_the_fields_that_Kubernetes_knows_and_no_others()
    {
        var api = KubernetesApi.Load(Manifests.Api);
        foreach (Kustomization kustomization in Manifests.Bases)
            Assert.That(kustomization.Objects.SelectMany(api.ProblemsOf), Is.Empty, kustomization.Directory);
    }

    [TestCase("mountPropagations", "None", "has no such field")]
    [TestCase("name", null, "volumeMounts[0].name is missing")]
    [TestCase("readOnly", "yes", "readOnly is no boolean")]
    public void What_Kubernetes_does_not_know_is_found(string field, string? value, string problem)
    {
        JsonObject job = Manifests.Bases[0].Of("Job").Single().DeepClone().AsObject();
        JsonObject mount = job["spec"]!["template"]!["spec"]!["containers"]![0]!["volumeMounts"]![0]!.AsObject();
        mount.Remove(field);
        if (value is not null)
            mount[field] = value;
        Assert.That(KubernetesApi.Load(Manifests.Api).ProblemsOf(job).Single(), Does.Contain(problem));
    }

    [TestCaseSource(nameof(Pods))]
    public void What_is_named_exists_and_what_exists_is_used(PodSpec pod)
    {
        string[] volumes = [.. pod.Volumes.Select(volume => (string)volume["name"]!)];
        Assert.That(pod.Containers.SelectMany(PodSpec.MountsOf).Select(mount => (string)mount["name"]!).Distinct(), Is.EquivalentTo(volumes));
        foreach (JsonObject container in pod.Containers)
            Assert.That(PodSpec.MountsOf(container).Select(mount => (string)mount["mountPath"]!), Is.Unique);
        foreach (JsonObject volume in pod.Volumes.Where(volume => volume["configMap"] is not null))
            Assert.That(pod.FilesOf(volume), Is.Not.Empty);
        string? account = (string?)pod.Spec["serviceAccountName"];
        if (account is not null)
            Assert.That(pod.Kustomization.Of("ServiceAccount").Select(one => (string?)one["metadata"]!["name"]), Does.Contain(account));
        if (pod.Owner["spec"]!["selector"] is { } selector)
            Assert.That(selector["matchLabels"]!.ToJsonString(), Is.EqualTo(pod.Template["metadata"]!["labels"]!.ToJsonString()));
        foreach (JsonObject container in pod.Containers)
        {
            string[] ports = [.. (container["ports"]?.AsArray() ?? []).Select(port => (string)port!["name"]!)];
            string[] probed = [.. container.Where(field => field.Key.EndsWith("Probe", StringComparison.Ordinal)).Select(probe => (string?)probe.Value!["httpGet"]?["port"]).OfType<string>().Distinct()];
            Assert.That(probed, Is.SubsetOf(ports));
        }
    }

    /// <summary>Kubernetes allows Bidirectional to privileged containers alone; nothing else here needs a privilege.</summary>
    [TestCaseSource(nameof(Pods))]
    public void Who_carries_mounts_to_the_node_is_privileged_and_nobody_else_has_anything(PodSpec pod)
    {
        Assert.That(pod.Containers.All(PodSpec.IsPrivileged) || (string?)pod.Spec["securityContext"]?["seccompProfile"]?["type"] == "RuntimeDefault", "no seccomp filter");
        foreach (JsonObject container in pod.Containers)
        {
            string[] propagations = [.. PodSpec.MountsOf(container).Select(mount => (string?)mount["mountPropagation"]).OfType<string>()];
            JsonNode security = container["securityContext"]!;
            Assert.That((bool?)security["readOnlyRootFilesystem"], Is.True);
            Assert.That(propagations.Length, Is.LessThanOrEqualTo(1));
            if (PodSpec.IsPrivileged(container))
            {
                Assert.That((propagations.Single(), (long?)security["runAsUser"]), Is.EqualTo(("Bidirectional", 0L)));
                continue;
            }
            Assert.That(propagations, Is.All.EqualTo("HostToContainer"));
            Assert.That((bool?)security["allowPrivilegeEscalation"], Is.False);
            Assert.That(security["capabilities"]!.ToJsonString(), Is.EqualTo("""{"drop":["ALL"]}"""));
            Assert.That((bool?)(security["runAsNonRoot"] ?? pod.Spec["securityContext"]?["runAsNonRoot"]), Is.True);
            Assert.That((long?)(security["runAsUser"] ?? pod.Spec["securityContext"]?["runAsUser"]), Is.GreaterThan(0));
        }
    }

    /// <summary>What is ready answers: the next container is not started before, and a service that hangs is started anew.</summary>
    [TestCaseSource(nameof(ServingPods))]
    public void Probes_ask_the_daemon_where_it_listens_and_never_the_mount(PodSpec pod)
    {
        JsonObject container = pod.Server();
        MountSettings settings = Manifests.SettingsOf(pod, container);
        Assert.That(settings.MetricsListen!.ToString(), Is.EqualTo($"0.0.0.0:{container["ports"]![0]!["containerPort"]}"), "the kubelet comes from outside");
        foreach (string probe in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
        {
            Assert.That((string?)container[probe]!["httpGet"]!["path"], Is.EqualTo("/readyz"));
            Assert.That((int?)container[probe]!["timeoutSeconds"], Is.GreaterThanOrEqualTo(2), "an overloaded node is not a dead mount");
        }
        int patience = (int)container["startupProbe"]!["failureThreshold"]! * (int)container["startupProbe"]!["periodSeconds"]!;
        Assert.That(TimeSpan.FromSeconds(patience), Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(60)), "the store is given 30 s, a disk 15 s");
    }

    [TestCaseSource(nameof(ServingPods))]
    public void The_program_takes_its_command_line_and_its_file(PodSpec pod)
    {
        JsonObject container = pod.Server();
        MountSettings settings = Manifests.SettingsOf(pod, container);
        Assert.That((settings.Url, settings.Foreground, settings.Warnings.Count), Is.EqualTo(("s3://my-datasets/imagenet/", true, 0)));
        Assert.That(settings.MetadataTtl, Is.EqualTo(TimeSpan.FromHours(1)));
        long limit = Manifests.BytesOf((string)container["resources"]!["limits"]!["memory"]!);
        Assert.That(settings.Memory, Is.EqualTo(limit / 4));
        Assert.That(Manifests.BytesOf((string)container["resources"]!["requests"]!["memory"]!), Is.EqualTo(limit), "what it will use is reserved");

        bool isPassed = settings.Mountpoint.StartsWith("/dev/fd/", StringComparison.Ordinal);
        Assert.That(isPassed, Is.EqualTo(!PodSpec.IsPrivileged(container)));
        JsonObject mounting = pod.Containers.First(PodSpec.IsPrivileged);
        string mountpoint = isPassed ? PodSpec.CommandOf(mounting)[^1] : settings.Mountpoint;
        Assert.That(mountpoint, Is.EqualTo("/datasets/imagenet"));
        Assert.That(settings.AllowOther, Is.EqualTo(!isPassed));
        // Below the volume: one that is mounted on the volume's own directory is not seen again after a restart.
        Assert.That(Manifests.VolumeAt(pod, mounting, mountpoint)!.Value.Inside, Is.EqualTo("imagenet"));
    }

    /// <summary>emptyDir is open to all (0777, kubelet's setupDir), a directory of the node that it makes is root's (0755).</summary>
    [TestCaseSource(nameof(ServingPods))]
    public void The_cache_lies_where_it_is_accepted_and_leaves_room(PodSpec pod)
    {
        MountSettings settings = Manifests.SettingsOf(pod, pod.Server());
        (string _, JsonObject volume, string inside) = Manifests.VolumeAt(pod, pod.Server(), settings.Cache!)!.Value;
        if (volume["emptyDir"] is not { } empty)
        {
            Assert.That((string?)volume["hostPath"]!["type"], Is.EqualTo("DirectoryOrCreate"));
            return;
        }
        Assert.That(inside.Split('/'), Has.Length.GreaterThanOrEqualTo(2), "neither it nor the directory above may be writable by others");
        Assert.That(settings.MaxCacheSize, Is.LessThanOrEqualTo(Manifests.BytesOf((string)empty["sizeLimit"]!) * 9 / 10), "a pod that has more is evicted");
    }

    [TestCaseSource(nameof(ServingPods))]
    public void There_is_time_to_unmount(PodSpec pod)
    {
        int grace = (int)pod.Spec["terminationGracePeriodSeconds"]!;
        string[] preStop = [.. (pod.Server()["lifecycle"]?["preStop"]!["exec"]!["command"]!.AsArray() ?? []).Select(word => (string)word!)];
        int waits = preStop is ["timeout", var seconds, ..] ? int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture) : 0;
        Assert.That(TimeSpan.FromSeconds(grace - waits), Is.GreaterThan(StopBudget.Total + TimeSpan.FromSeconds(15)));
        // Kubernetes runs it at once, beside a trainer that still reads.
        if ((string?)pod.Owner["kind"] == "Job")
            Assert.That(string.Join(' ', preStop), Does.Not.Contain("umount"));
    }

    [TestCaseSource(nameof(Pods))]
    public void Sidecars_come_before_the_trainer_and_it_sees_what_they_mount(PodSpec pod)
    {
        if ((string?)pod.Owner["kind"] != "Job")
        {
            Assert.That((string?)pod.Owner["spec"]!["updateStrategy"]!["type"], Is.EqualTo("OnDelete"), "a rolling update takes the mount from those who read");
            return;
        }
        JsonObject trainer = pod.Spec["containers"]!.AsArray().Single()!.AsObject();
        Assert.That(PodSpec.CommandOf(trainer)[^1], Is.EqualTo("/datasets/imagenet"));
        JsonObject mount = PodSpec.MountsOf(trainer).Single(one => (string?)one["mountPath"] == "/datasets");
        Assert.That(((string?)mount["mountPropagation"], (bool?)mount["readOnly"]), Is.EqualTo(("HostToContainer", (bool?)true)));
        JsonObject[] before = [.. pod.Spec["initContainers"]!.AsArray().Select(one => one!.AsObject())];
        Assert.That(before, Is.Not.Empty);
        foreach (JsonObject sidecar in before.Where(one => one["restartPolicy"] is not null))
            Assert.That(((string?)sidecar["restartPolicy"], sidecar["startupProbe"] is not null), Is.EqualTo(("Always", true)));
        // Of the node, or of the pod: the same directory.
        JsonObject server = Manifests.ServingPods.Single(one => one.Kustomization == pod.Kustomization).Containers.First(PodSpec.IsPrivileged);
        PodSpec serving = Manifests.ServingPods.Single(one => one.Kustomization == pod.Kustomization);
        JsonObject served = serving.Volume((string)PodSpec.MountsOf(server).Single(one => (string?)one["mountPropagation"] == "Bidirectional")["name"]!);
        Assert.That(pod.Volume((string)mount["name"]!).ToJsonString(), Is.EqualTo(served.ToJsonString()));
        Assert.That(pod.Spec["nodeSelector"]?.ToJsonString(), Is.EqualTo(serving.Spec["nodeSelector"]?.ToJsonString()));
    }
}
