namespace S3Mount.Doctor.Speed;

/// <summary>What so many connections brought.</summary>
internal sealed record ConnectionStep(int Connections, double BytesPerSecond);
