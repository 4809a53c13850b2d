namespace S3Mount.FileSystem.SavedListings;

/// <summary>
/// What this mount knows of one directory of the saved file: whether the saved listing may still be shown, and whether it was right.
/// Any thread.
/// </summary>
internal sealed class SavedDirectory
{
    private volatile SavedState _state;

    /// <summary>Held by who shows the saved listing, or replaces it by what the store says.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Changed under <see cref="Gate"/>.</summary>
    public SavedState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>Whether the store has said since what the directory holds: the saved listing is never shown again.</summary>
    public bool IsReplaced => _state is not (SavedState.Unused or SavedState.Shown);

    /// <summary>Whether the saved listing is, as far as is known, what the directory holds.</summary>
    public bool IsRight => _state is not (SavedState.Differs or SavedState.Gone or SavedState.Denied);
}
