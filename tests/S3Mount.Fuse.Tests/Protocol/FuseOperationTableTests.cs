using System.Runtime.CompilerServices;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Tests.Protocol;

public sealed class FuseOperationTableTests
{
    [Test]
    public void Every_opcode_is_in_the_table()
    {
        foreach (FuseOpcode opcode in Enum.GetValues<FuseOpcode>())
            Assert.That(FuseOperationTable.Find(opcode), Is.Not.Null, opcode.ToString());
    }

    [Test]
    public void Names_are_the_kernels_spelling_of_the_opcodes()
    {
        foreach (FuseOpcode opcode in Enum.GetValues<FuseOpcode>())
            Assert.That(FuseOperationTable.NameOf(opcode).Replace("_", ""), Is.EqualTo(opcode.ToString()).IgnoreCase);
        Assert.That(FuseOperationTable.NameOf((FuseOpcode)4711), Is.EqualTo("opcode 4711"));
    }

    [TestCase(0u)]
    [TestCase(7u)]
    [TestCase(19u)]
    [TestCase(54u)]
    [TestCase(4096u)]
    [TestCase(uint.MaxValue)]
    public void Holes_and_numbers_beyond_the_table_are_unknown(uint opcode) =>
        Assert.That(FuseOperationTable.Find((FuseOpcode)opcode), Is.Null);

    [Test]
    public void The_structs_that_dispatch_reads_fit_into_the_promised_size()
    {
        (FuseOpcode, int)[] structs =
        [
            (FuseOpcode.Forget, Unsafe.SizeOf<FuseForgetIn>()), (FuseOpcode.GetAttr, Unsafe.SizeOf<FuseGetAttrIn>()),
            (FuseOpcode.Open, Unsafe.SizeOf<FuseOpenIn>()), (FuseOpcode.Read, Unsafe.SizeOf<FuseReadIn>()),
            (FuseOpcode.Release, Unsafe.SizeOf<FuseReleaseIn>()), (FuseOpcode.GetXattr, Unsafe.SizeOf<FuseGetXattrIn>() + 1),
            (FuseOpcode.ListXattr, Unsafe.SizeOf<FuseGetXattrIn>()), (FuseOpcode.Flush, Unsafe.SizeOf<FuseFlushIn>()),
            (FuseOpcode.OpenDir, Unsafe.SizeOf<FuseOpenIn>()), (FuseOpcode.ReadDir, Unsafe.SizeOf<FuseReadIn>()),
            (FuseOpcode.ReadDirPlus, Unsafe.SizeOf<FuseReadIn>()), (FuseOpcode.ReleaseDir, Unsafe.SizeOf<FuseReleaseIn>()),
            (FuseOpcode.Access, Unsafe.SizeOf<FuseAccessIn>()), (FuseOpcode.Interrupt, Unsafe.SizeOf<FuseInterruptIn>()),
            (FuseOpcode.BatchForget, Unsafe.SizeOf<FuseBatchForgetIn>()), (FuseOpcode.LSeek, Unsafe.SizeOf<FuseLseekIn>()),
            (FuseOpcode.Statx, Unsafe.SizeOf<FuseStatxIn>()),
        ];
        foreach ((FuseOpcode opcode, int size) in structs)
            Assert.That(FuseOperationTable.Find(opcode)!.MinimumSize, Is.EqualTo(size), opcode.ToString());
    }

    [Test]
    public void Only_four_messages_are_not_answered() =>
        Assert.That(Enum.GetValues<FuseOpcode>().Where(opcode => !FuseOperationTable.Find(opcode)!.IsAnswered),
            Is.EquivalentTo(new[] { FuseOpcode.Forget, FuseOpcode.BatchForget, FuseOpcode.Interrupt, FuseOpcode.NotifyReply }));
}
