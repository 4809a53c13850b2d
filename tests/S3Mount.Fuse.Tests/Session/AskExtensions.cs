namespace S3Mount.Fuse.Tests.Session;

/// <summary>Sends a second message once the first is being worked on.</summary>
internal static class AskExtensions
{
    public static async Task<byte[]> WhenAsked(this Task<byte[]> answer, RawSession raw, byte[] next)
    {
        await Eventually.TrueAsync(() => raw.Device.IsIdle(1));
        raw.Device.Enqueue(next);
        return await answer;
    }
}
