using S3Mount.Control.Http;

namespace S3Mount.Control.Endpoints;

/// <summary>A path below the root of a mount, as the body of a request has it.</summary>
internal static class InsidePath
{
    /// <returns>Without slashes at its ends.</returns>
    /// <exception cref="ControlException">It has . or .. in it.</exception>
    public static string Parse(string? path)
    {
        string inside = (path ?? "").Trim('/');
        return inside.Split('/').Any(name => name is "." or "..") ? throw new ControlException(400, "the path has . or .. in it; write it without") : inside;
    }
}
