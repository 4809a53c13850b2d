using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using S3Mount.Fuse.Protocol;

namespace S3Mount.Fuse.Tests.Protocol;

/// <summary>Sizes and offsets as a C compiler gives them for include/uapi/linux/fuse.h 7.45.</summary>
public sealed class StructSizeTests
{
    [TestCase(typeof(FuseInHeader), 40)]
    [TestCase(typeof(FuseOutHeader), 16)]
    [TestCase(typeof(FuseInitIn), 64)]
    [TestCase(typeof(FuseInitOut), 64)]
    [TestCase(typeof(FuseAttr), 88)]
    [TestCase(typeof(FuseEntryOut), 128)]
    [TestCase(typeof(FuseAttrOut), 104)]
    [TestCase(typeof(FuseForgetIn), 8)]
    [TestCase(typeof(FuseForgetOne), 16)]
    [TestCase(typeof(FuseBatchForgetIn), 8)]
    [TestCase(typeof(FuseGetAttrIn), 16)]
    [TestCase(typeof(FuseStatxIn), 24)]
    [TestCase(typeof(FuseSxTime), 16)]
    [TestCase(typeof(FuseStatx), 256)]
    [TestCase(typeof(FuseStatxOut), 288)]
    [TestCase(typeof(FuseAccessIn), 8)]
    [TestCase(typeof(FuseOpenIn), 8)]
    [TestCase(typeof(FuseOpenOut), 16)]
    [TestCase(typeof(FuseReadIn), 40)]
    [TestCase(typeof(FuseFlushIn), 24)]
    [TestCase(typeof(FuseReleaseIn), 24)]
    [TestCase(typeof(FuseKStatFs), 80)]
    [TestCase(typeof(FuseGetXattrIn), 8)]
    [TestCase(typeof(FuseGetXattrOut), 8)]
    [TestCase(typeof(FuseLseekIn), 24)]
    [TestCase(typeof(FuseLseekOut), 8)]
    [TestCase(typeof(FuseInterruptIn), 8)]
    [TestCase(typeof(FuseDirent), 24)]
    [TestCase(typeof(FuseNotifyInvalInodeOut), 24)]
    [TestCase(typeof(FuseNotifyInvalEntryOut), 16)]
    [TestCase(typeof(FuseNotifyStoreOut), 24)]
    [TestCase(typeof(FuseSlice), 16)] // struct iovec
    public void A_struct_has_the_size_of_the_kernels(Type type, int size)
    {
        int actual = (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
        Assert.That(actual, Is.EqualTo(size));
    }

    [TestCase(typeof(FuseInHeader), "TotalExtLen", 36)]
    [TestCase(typeof(FuseAttr), "Mode", 60)]
    [TestCase(typeof(FuseEntryOut), "Attr", 40)]
    [TestCase(typeof(FuseInitOut), "MaxPages", 28)]
    [TestCase(typeof(FuseInitOut), "Flags2", 32)]
    [TestCase(typeof(FuseInitIn), "Flags2", 16)]
    [TestCase(typeof(FuseStatx), "Mtime", 112)]
    [TestCase(typeof(FuseStatxOut), "Stat", 32)]
    [TestCase(typeof(FuseReadIn), "LockOwner", 24)]
    public void A_field_lies_where_the_kernel_reads_it(Type type, string field, int offset) =>
        Assert.That((int)Marshal.OffsetOf(type, field), Is.EqualTo(offset));
}
