namespace S3Mount.Configuration.Layers;

/// <summary>What stands behind a key.</summary>
internal enum YamlValueKind
{
    Text,

    /// <summary>Nothing, <c>~</c> or <c>null</c>.</summary>
    Nothing,

    /// <summary><c>|</c> or <c>&gt;</c>.</summary>
    Block,

    List,
    Mapping,

    /// <summary><c>*name</c>.</summary>
    Alias,

    /// <summary>With a tag or an anchor: <c>!name</c>, <c>&amp;name</c>.</summary>
    Tagged,
}
