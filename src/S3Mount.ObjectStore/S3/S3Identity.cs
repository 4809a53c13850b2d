namespace S3Mount.ObjectStore.S3;

/// <summary>Whose keys requests are signed with. Nothing in it is secret.</summary>
/// <param name="Source">Where the keys were found, for people.</param>
/// <param name="HasToken">They are of a session, and end with it.</param>
/// <param name="ExpiresAt">When the store will stop accepting them; null: not known, or never.</param>
/// <param name="IsRenewable">Their source gives others before they expire.</param>
public sealed record S3Identity(string Source, string AccessKeyId, bool HasToken, DateTimeOffset? ExpiresAt, bool IsRenewable);
