namespace S3Mount.Top;

/// <param name="Height">Lines; <see cref="int.MaxValue"/>: as many as are wanted.</param>
internal readonly record struct ScreenSize(int Width, int Height);
