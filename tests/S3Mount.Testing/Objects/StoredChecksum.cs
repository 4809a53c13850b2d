using System.Globalization;

namespace S3Mount.Testing.Objects;

/// <summary>A checksum that the store keeps with an object. Immutable.</summary>
/// <param name="Parts">0 for one of the object's bytes.</param>
public sealed record StoredChecksum(ChecksumAlgorithm Algorithm, ChecksumType Type, string Base64, int Parts)
{
    /// <summary>Of all bytes, however they were uploaded.</summary>
    public static StoredChecksum FullObject(ChecksumAlgorithm algorithm, ObjectContent content) =>
        new(algorithm, ChecksumType.FullObject, Convert.ToBase64String(ContentChecksum.Of(algorithm, content)), 0);

    /// <summary>Of the checksums of the parts (S3 User Guide, "Checking object integrity", composite checksums).</summary>
    public static StoredChecksum Composite(ChecksumAlgorithm algorithm, IReadOnlyCollection<ObjectContent> parts)
    {
        byte[] sums = [.. parts.SelectMany(part => ContentChecksum.Of(algorithm, part))];
        return new StoredChecksum(algorithm, ChecksumType.Composite, Convert.ToBase64String(ContentChecksum.Of(algorithm, new BytesContent(sums))), parts.Count);
    }

    /// <summary>The header that carries it.</summary>
    public string Header => HeaderOf(Algorithm);

    /// <summary>With the number of parts behind it, where there are some.</summary>
    public string WithParts => Parts == 0 ? Base64 : string.Create(CultureInfo.InvariantCulture, $"{Base64}-{Parts}");

    /// <summary>As x-amz-checksum-type says it.</summary>
    public string TypeText => Type == ChecksumType.FullObject ? "FULL_OBJECT" : "COMPOSITE";

    public static string HeaderOf(ChecksumAlgorithm algorithm) => "x-amz-checksum-" + algorithm.ToString().ToLowerInvariant();
}
