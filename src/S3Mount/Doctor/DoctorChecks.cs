using S3Mount.Doctor.Machine;
using S3Mount.Doctor.Speed;
using S3Mount.Doctor.Store;

namespace S3Mount.Doctor;

/// <summary>The checks, in the order in which they build on each other.</summary>
internal static class DoctorChecks
{
    /// <param name="cache">The directory of --cache; null: none is asked for.</param>
    /// <param name="isQuick">Nothing is measured that takes long.</param>
    public static IReadOnlyList<ICheck> OfMachine(ExaminedMachine machine, Findings findings, string? cache, TimeSpan ioDeadline, bool isQuick) =>
    [
        new KernelCheck(machine),
        new DeviceCheck(machine),
        new PrivilegeCheck(machine),
        new FusermountCheck(machine),
        new OtherUsersCheck(machine),
        new OpenFilesCheck(machine),
        new MemoryCheck(machine, findings),
        new RequestTimeoutCheck(machine, ioDeadline),
        new DeadMountsCheck(machine),
        .. cache is null ? (ICheck[])[] : [new DiskCheck(machine, cache, isQuick)],
    ];

    /// <param name="prefix">Of the keys that are listed.</param>
    /// <param name="url">The same with the bucket, for people.</param>
    public static IReadOnlyList<ICheck> OfStore(StoreAccess access, Findings findings, string prefix, string url, ThroughputOptions throughput, bool isQuick, TimeProvider timeProvider)
    {
        var opener = new StoreOpener(access, findings);
        return
        [
            new EndpointCheck(access, findings),
            new ProxyCheck(access, findings),
            new NameCheck(access, findings),
            new ConnectionCheck(access, findings),
            new ClockCheck(findings),
            new CredentialsCheck(access, findings, timeProvider),
            new RegionCheck(opener, findings),
            new ListCheck(opener, findings, prefix, url),
            new GetCheck(findings),
            new ChecksumCheck(findings),
            new RoundTripCheck(findings),
            new ListingCheck(findings, prefix, timeProvider),
            new FirstByteCheck(findings, timeProvider),
            new ThroughputCheck(findings, throughput, isQuick, timeProvider),
        ];
    }
}
