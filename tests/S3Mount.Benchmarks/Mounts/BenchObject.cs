namespace S3Mount.Benchmarks.Mounts;

internal readonly record struct BenchObject(string Key, long Size);
