namespace S3Mount.Fuse.Tests.Mounting;

/// <summary>What tests of real mounts need; they are skipped with a reason where it is missing.</summary>
internal static class MountRequirements
{
    public static void RequireRoot()
    {
        if (!File.Exists("/dev/fuse"))
            Assert.Ignore("/dev/fuse is missing");
        if (!Environment.IsPrivilegedProcess)
            Assert.Ignore("mount(2) needs root");
    }

    public static void RequireFusermount()
    {
        RequireRoot();
        if (!File.Exists("/usr/bin/fusermount3"))
            Assert.Ignore("fusermount3 is missing (package fuse3)");
    }
}
