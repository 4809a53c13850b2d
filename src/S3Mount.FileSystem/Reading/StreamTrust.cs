namespace S3Mount.FileSystem.Reading;

/// <summary>
/// What streams that were read from beginning to end have earned for those that begin next: shards are read one after another,
/// and each would pay for the growth of its window anew, some three round trips. Who takes it and then leaves after the header
/// has used it up. Any thread.
/// </summary>
internal sealed class StreamTrust
{
    // What a sudden change from whole files to headers can waste: this many windows.
    private const int MaxEarned = 8;

    // More than it took, so that shards read by several threads at once all have it after the first.
    private const int EarnedByOne = 2;

    private readonly Lock _gate = new();
    private int _earned;
    private long _window;

    /// <param name="window">What the window of a stream had grown to when it came to the end.</param>
    public void Earn(long window)
    {
        lock (_gate)
        {
            _earned = Math.Min(_earned + EarnedByOne, MaxEarned);
            _window = window;
        }
    }

    public bool TryTake(out long window)
    {
        lock (_gate)
        {
            window = _window;
            if (_earned == 0)
                return false;
            _earned--;
            return true;
        }
    }
}
