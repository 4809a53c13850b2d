namespace S3Mount.FileSystem.Tests.Model;

/// <summary>What a step of a scenario does.</summary>
internal enum OperationKind
{
    Put,
    Delete,
    Advance,
    LookUp,
    LookUpMissing,
    List,
    BeginList,
    ContinueList,
    GetAttributes,
    Read,
    Forget,
}
