namespace S3Mount.Testing.Objects;

/// <summary>Takes the entries of a page as they are found: objects in order, and common prefixes in order. The bytes are its caller's.</summary>
internal interface IListingSink
{
    void AddObject(ReadOnlySpan<byte> key, in ListedAttributes attributes);

    void AddCommonPrefix(ReadOnlySpan<byte> prefix);
}
