namespace S3Mount.Doctor.Speed;

/// <summary>How fast pages come, one after another.</summary>
internal sealed record ListingSpeed(long Keys, int Pages, TimeSpan Took)
{
    public TimeSpan PageTime => Took / Pages;

    /// <summary>Null: a single page tells nothing of many.</summary>
    public double? KeysPerSecond => Pages < 2 ? null : Keys / Took.TotalSeconds;
}
