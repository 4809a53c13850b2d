namespace S3Mount.Hosting;

/// <summary>HOME, where the AWS SDK looks for <c>.aws</c>. systemd mounts the lines of fstab without it, and so does <c>env -i</c>.</summary>
internal static class HomeDirectory
{
    private const string Variable = "HOME";

    /// <summary>Sets it, for this process and the daemon that it starts, to what passwd(5) says of the user; one that is set stays.</summary>
    public static void Find()
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
            return;
        // It looks the user up where the variable is not set.
        Environment.SetEnvironmentVariable(Variable, null);
        if (Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } home)
            Environment.SetEnvironmentVariable(Variable, home);
    }
}
