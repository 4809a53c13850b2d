namespace S3Mount.Doctor.Machine;

/// <summary>Whether this user may let others into a mount (user_allow_other of fuse.conf).</summary>
internal sealed class OtherUsersCheck(ExaminedMachine machine) : ICheck
{
    public CheckArea Area => CheckArea.Machine;

    public string Name => "--allow-other";

    public Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (machine.IsRoot)
            return Task.FromResult(CheckResult.Ok("root may let others in"));
        bool isAllowed = machine.ReadLines("/etc/fuse.conf").Any(line => line.Trim() == "user_allow_other");
        return Task.FromResult(isAllowed
            ? CheckResult.Ok("users may let others in")
            : CheckResult.Warning("users may not let others in", "only if you want --allow-other or --allow-root: add the line user_allow_other to /etc/fuse.conf"));
    }
}
