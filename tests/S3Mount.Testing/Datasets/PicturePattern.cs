namespace S3Mount.Testing.Datasets;

internal enum PicturePattern
{
    Stripes,
    Rings,
    Checks,
    Waves,
}
