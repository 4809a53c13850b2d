using System.Text.RegularExpressions;

namespace S3Mount.ObjectStore.S3;

/// <summary>URLs in text for people: what may be a password is left out.</summary>
public static partial class UrlText
{
    private const string Hidden = "***@";

    /// <summary>
    /// A text that was given as a URL, without user name and password. It need not be a URL: whatever stands before an <c>@</c>,
    /// but for the scheme, is taken for them.
    /// </summary>
    public static string WithoutUserInfo(string url)
    {
        int at = url.LastIndexOf('@');
        if (at < 0)
            return url;
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        int start = scheme >= 0 && scheme < at ? scheme + "://".Length : 0;
        return string.Concat(url.AsSpan(0, start), Hidden, url.AsSpan(at + 1));
    }

    /// <summary>A text with URLs in it, each without user name and password.</summary>
    public static string Redact(string text) => UserInfo().Replace(text, Hidden);

    [GeneratedRegex("(?<=//)[^\\s/@\"']*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
