using S3Mount.FileSystem.Caching;

namespace S3Mount.FileSystem.Tests.Caching;

public sealed class BlockPoolTests
{
    [TestCase(1, 4096)]
    [TestCase(4096, 4096)]
    [TestCase(4097, 8192)]
    [TestCase(100_000, 106_496)]
    [TestCase(1 << 20, 1 << 20)]
    [TestCase((1 << 20) + 1, (1 << 20) + (1 << 17))]
    [TestCase(8 << 20, 8 << 20)]
    public void A_block_gets_whole_pages_in_eight_steps_between_powers_of_two(int length, int capacity) =>
        Assert.That(BlockPool.CapacityFor(length), Is.EqualTo(capacity));

    [Test]
    public void A_capacity_holds_its_length_wastes_an_eighth_at_most_and_is_its_own_capacity()
    {
        for (int length = 1; length < 20 << 20; length += 1 + length / 7)
        {
            int capacity = BlockPool.CapacityFor(length);
            Assert.That(capacity, Is.GreaterThanOrEqualTo(length));
            Assert.That(capacity - length, Is.LessThan(BlockPool.PageSize + length / 8), $"of {length}");
            Assert.That(BlockPool.CapacityFor(capacity), Is.EqualTo(capacity));
        }
    }

    [TestCase(8192)]
    [TestCase(2 << 20)]
    [TestCase(9 << 20)]
    public unsafe void Memory_is_aligned_to_pages_and_writable_to_its_end(int capacity)
    {
        using var pool = new BlockPool(16 << 20);
        nint address = pool.Rent(capacity);
        Assert.That((long)address % BlockPool.PageSize, Is.Zero);
        new Span<byte>((void*)address, capacity).Fill(7);
        Assert.That(((byte*)address)[capacity - 1], Is.EqualTo(7));
        pool.Return(address, capacity);
    }

    [Test]
    public void What_is_returned_is_used_again_for_the_same_size()
    {
        using var pool = new BlockPool(1 << 20);
        nint address = pool.Rent(8192);
        pool.Return(address, 8192);
        nint other = pool.Rent(4096);
        nint again = pool.Rent(8192);
        Assert.That(again, Is.EqualTo(address));
        Assert.That(other, Is.Not.EqualTo(address));
        pool.Return(other, 4096);
        pool.Return(again, 8192);
    }

    [Test]
    public void What_nobody_has_wanted_for_a_while_goes_back_to_the_system()
    {
        using var pool = new BlockPool(1 << 20);
        nint[] addresses = [.. Enumerable.Range(0, 4).Select(_ => pool.Rent(8192))];
        foreach (nint address in addresses)
            pool.Return(address, 8192);
        pool.Trim();
        Assert.That(pool.Allocated, Is.EqualTo(4 * 8192), "just returned");

        pool.Return(pool.Rent(8192), 8192);
        pool.Trim();
        Assert.That(pool.Allocated, Is.EqualTo(8192), "one of them was needed");
        pool.Trim();
        Assert.That(pool.Allocated, Is.Zero);
    }

    [Test]
    public void Free_memory_makes_way_for_what_is_rented()
    {
        using var pool = new BlockPool(limit: 65_536);
        nint[] small = [.. Enumerable.Range(0, 8).Select(_ => pool.Rent(4096))];
        foreach (nint address in small)
            pool.Return(address, 4096);
        Assert.That(pool.Allocated, Is.EqualTo(32_768));
        nint large = pool.Rent(57_344);
        Assert.That(pool.Allocated, Is.EqualTo(65_536));
        nint larger = pool.Rent(8192);
        Assert.That(pool.Allocated, Is.EqualTo(65_536));
        pool.Return(large, 57_344);
        pool.Return(larger, 8192);
    }

    [Test]
    public void A_pool_gives_everything_back_when_it_goes()
    {
        var pool = new BlockPool(16 << 20);
        foreach (int capacity in (int[])[4096, 8192, 8 << 20])
            pool.Return(pool.Rent(capacity), capacity);
        Assert.That(pool.Allocated, Is.EqualTo(4096 + 8192 + (8 << 20)));
        pool.Dispose();
        Assert.That(pool.Allocated, Is.Zero);
    }

    [Test]
    public void A_disposed_pool_keeps_nothing_that_comes_back_later()
    {
        var pool = new BlockPool(1 << 20);
        nint address = pool.Rent(4096);
        pool.Dispose();
        pool.Return(address, 4096);
        Assert.That(pool.Allocated, Is.Zero);
    }
}
