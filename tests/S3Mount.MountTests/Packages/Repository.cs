namespace S3Mount.MountTests.Packages;

/// <summary>The checkout that the tests were built in, and what was built there.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The directory that <c>make build</c> fills. Ends the test as ignored where it has not been run.</summary>
    public static string Built()
    {
        string built = Path.Join(Root, "out");
        if (!File.Exists(Path.Join(built, "s3mount")) || !File.Exists(Path.Join(built, "THIRD-PARTY-NOTICES.TXT")))
            Assert.Ignore("make build has not been run");
        return built;
    }

    private static string Find()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Join(root.FullName, "s3mount.sln")))
            root = root.Parent;
        return root?.FullName ?? throw new DirectoryNotFoundException($"there is no s3mount.sln above {AppContext.BaseDirectory}");
    }
}
