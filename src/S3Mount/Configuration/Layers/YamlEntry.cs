namespace S3Mount.Configuration.Layers;

/// <summary>A key of a mapping, and what stands behind it.</summary>
/// <param name="Line">Of the key, from 1.</param>
/// <param name="Text">Of <see cref="YamlValueKind.Text"/>; else empty.</param>
/// <param name="Entries">Of <see cref="YamlValueKind.Mapping"/>; else empty.</param>
internal sealed record YamlEntry(string Key, int Line, YamlValueKind Kind, string Text, IReadOnlyList<YamlEntry> Entries);
