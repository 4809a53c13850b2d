using System.Collections.Concurrent;
using System.Text;
using Mono.Unix.Native;
using S3Mount.Fuse;
using S3Mount.Fuse.Protocol;
using S3Mount.Testing;
using S3Mount.Testing.Fuse;

namespace S3Mount.FileSystem.Tests.Semantics;

/// <summary>Readers, and somebody who overwrites what they read: never a byte of another version under one node.</summary>
public sealed class ConsistencySoakTests
{
    private const int Files = 12;
    private const int Size = (1 << 20) + 300_000;

    private readonly ConcurrentDictionary<string, int> _seedOfTag = new();
    private int _reads;
    private int _stale;

    [Test, CancelAfter(120_000)]
    public async Task A_node_shows_the_bytes_of_one_version_whatever_happens_to_its_object(CancellationToken cancellationToken)
    {
        await using MountRig rig = await MountRig.StartAsync(change: options => options with { MemoryBudget = 16 << 20, MetadataTtl = TimeSpan.FromSeconds(10) });
        rig.Store.CompletesAsynchronously = true;
        rig.Store.ProgressStep = 50_000;
        for (int i = 0; i < Files; i++)
            Put(rig, i, i);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task writer = Task.Run(() => WriteAsync(rig, done.Token), cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(seed => Task.Run(() => ReadAsync(rig, seed, cancellationToken), cancellationToken)));
        await done.CancelAsync();
        await writer;
        Assert.That(_reads, Is.GreaterThan(1000));
        Assert.That(_stale, Is.GreaterThan(0), "nothing ever changed under a reader");
        Assert.That(rig.FileSystem.MemoryUsed, Is.LessThanOrEqualTo(16 << 20));
    }

    private void Put(MountRig rig, int file, int seed)
    {
        // The tag is known before the object can be seen.
        var content = new Testing.Objects.RampContent(seed, Size);
        _seedOfTag[content.ETag] = seed;
        rig.Store.Put(new ObjectStore.ObjectKey($"d/f{file}"), content);
    }

    private async Task WriteAsync(MountRig rig, CancellationToken cancellationToken)
    {
        var random = new Random(99);
        for (int seed = Files; !cancellationToken.IsCancellationRequested; seed++)
        {
            int reads = Volatile.Read(ref _reads);
            while (Volatile.Read(ref _reads) < reads + 10 && !cancellationToken.IsCancellationRequested)
                await Task.Yield();
            Put(rig, random.Next(Files), seed);
            rig.Advance(random.Next(3));
        }
    }

    private async Task ReadAsync(MountRig rig, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        NodeId directory = await rig.NodeAsync("d");
        for (int round = 0; round < 60; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (random.Next(4) == 0)
                await rig.ListAsync(directory, plus: random.Next(2) == 0);
            FuseEntryOut entry = await rig.LookupAsync(directory, $"f{random.Next(Files)}");
            var node = new NodeId(entry.NodeId);
            string tag = Encoding.UTF8.GetString((await rig.Kernel.GetXattrAsync(node, "user.s3.etag"u8.ToArray(), interrupt: cancellationToken)).Required);
            long offset = random.Next(2) == 0 ? 0 : random.Next(Size);
            for (int read = 0; read < 8; read++, offset += 128 << 10)
            {
                FakeReply<byte[]> reply = await rig.Kernel.ReadAsync(node, (ulong)offset, 128 << 10, interrupt: cancellationToken);
                Interlocked.Increment(ref _reads);
                if (reply.Error == Errno.ESTALE)
                {
                    Interlocked.Increment(ref _stale);
                    break;
                }
                int expected = (int)Math.Clamp(Size - offset, 0, 128 << 10);
                Assert.That((reply.Required.Length, Ramp.FirstDifference(reply.Value, offset, _seedOfTag[tag])), Is.EqualTo((expected, -1L)));
            }
        }
    }
}
