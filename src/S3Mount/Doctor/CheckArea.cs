namespace S3Mount.Doctor;

/// <summary>What a check looks at.</summary>
internal enum CheckArea
{
    Machine,
    Store,
    Speed,
}
