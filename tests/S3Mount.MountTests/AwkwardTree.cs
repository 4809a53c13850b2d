using System.Text;

namespace S3Mount.MountTests;

/// <summary>Keys of every kind that makes file systems over object stores stumble, and what a mount shows of them.</summary>
internal static class AwkwardTree
{
    /// <summary>Keys that are files, by the path under which they are seen: the key itself.</summary>
    public static readonly string[] Files =
    [
        "plain.txt", "empty", "space dir/with space.txt", " leading and trailing ", "plus+percent%20 %2F%/a+b&c=d?e#f.txt",
        "quotes/\"double\" 'single' `back`.txt", "back\\slash\\n.txt", "ünïcödé/日本語/😀𝒳.txt", "normal/\u00e9.txt", "normal/e\u0301.txt",
        "new\nline/in\nname.txt", "tab\there", "control\u0001\u007f", "-rf", "$(touch x);*?[a]{b}|<&>~!^.xml", "key=value:a,b@c",
        "case/UPPER", "case/upper", "order/a-", "order/a.b", "order/a/inside", "order/a0", "order/b!/c", "order/b", "shadow/inside", "deep/1/2/3/4/5/6/7/8/9/file",
        "dots/...", "dots/.hidden", "dots/..x", "dots/x..", "marked/file", "doubled/seen", "trailing./dot.",
        "long/" + Name255, "long/" + Wide255, Key1024,
    ];

    /// <summary>Keys that no path can name, and files that a directory of their name hides.</summary>
    public static readonly string[] Hidden =
    [
        "/leading", "//twice", "doubled//unseen", "doubled///unseen", "dots/.", "dots/..", "dots/./x", "dots/../y", "order/a", "shadow", "long/" + new string('y', 256),
    ];

    /// <summary>Objects that only say that there is a directory.</summary>
    public static readonly string[] Markers = ["marker/", "marked/", "marker/with/another/"];

    public static IReadOnlySet<string> Directories { get; } = Files.SelectMany(Parents).Concat(Markers.SelectMany(Parents)).ToHashSet(StringComparer.Ordinal);

    private static string Name255 => new('x', 255);

    // 85 characters of three bytes.
    private static string Wide255 => string.Concat(Enumerable.Repeat("日", 85));

    // Four directories of 204 bytes, four slashes, and what is left.
    private static string Key1024 => string.Concat(Enumerable.Repeat(new string('d', 204) + "/", 4)) + new string('f', 204);

    /// <summary>Content that differs from key to key: some hundred bytes, none for <c>empty</c>.</summary>
    public static byte[] ContentOf(string key) =>
        key == "empty" ? [] : Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{key.Length} {key}\n", 700 / (key.Length + 4) + 1)));

    private static IEnumerable<string> Parents(string key)
    {
        for (int slash = key.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = key.IndexOf('/', slash + 1))
            yield return key[..slash];
    }
}
