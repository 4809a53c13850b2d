namespace S3Mount.Top;

/// <summary>How a line stands out, where the terminal has colours.</summary>
internal enum ScreenStyle
{
    Plain,
    /// <summary>The first line.</summary>
    Title,
    /// <summary>A name in front, and what there is to say of it.</summary>
    Named,
    /// <summary>The heads of columns.</summary>
    Head,
    /// <summary>Something is wrong.</summary>
    Alarm,
}
