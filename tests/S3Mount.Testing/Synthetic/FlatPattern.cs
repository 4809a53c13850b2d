namespace S3Mount.Testing.Synthetic;

/// <summary>How the keys of a flat prefix are named: where in the key space they lie decides how it can be divided.</summary>
public enum FlatPattern
{
    /// <summary><c>img_00001234.jpg</c>, with gaps.</summary>
    Padded,

    /// <summary><c>3f9a0c6e81d2b745.jpg</c>, evenly spread.</summary>
    Hex,

    /// <summary><c>1.jpg</c>, <c>10.jpg</c>, <c>100.jpg</c>, … without zeros in front and without gaps.</summary>
    Numbers,

    /// <summary>A tenth as <see cref="Hex"/>, all others behind them as <c>m000000000000-00001234.jpg</c>, close together.</summary>
    Skewed,
}
