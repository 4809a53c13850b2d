namespace S3Mount.ObjectStore.S3;

internal enum S3OperationKind
{
    Get,
    Head,
    List,
}
