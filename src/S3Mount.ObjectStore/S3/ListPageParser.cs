using System.Buffers;
using System.Globalization;

namespace S3Mount.ObjectStore.S3;

/// <summary>
/// Reads a page of ListObjectsV2 (S3 API, ListObjectsV2, "Response Syntax") from its UTF-8 bytes. Elements come in any order
/// and unknown ones are passed over; the keys are decoded last, because EncodingType may stand behind them.
/// <para>
/// What is not listed does not exist: a page that a damaged byte made shorter would be a lie. So all that says how far it goes
/// must be there and agree.
/// </para>
/// </summary>
internal ref struct ListPageParser
{
    // The elements of an entry alone have some 200 bytes, so the arrays seldom grow; a page has at most 1,000, a lookup's one or two.
    private const int BytesAnEntry = 200;
    private const int MinCapacity = 4;
    private const int MaxInitialCapacity = 1000;

    // Servers take request lines of some 8 KiB, and the token comes back in one.
    private const int MaxTokenLength = 8 * 1024;

    private readonly ReadOnlySpan<byte> _body;
    private XmlScanner _xml;
    private ListedObject[] _objects = [];
    private int _objectCount;
    private ListedPrefix[] _prefixes = [];
    private int _prefixCount;
    private int _keyBytes;
    private bool? _isTruncated;
    private long _saidCount;
    private bool _isUrlEncoded;
    private string? _token;
    private string _lastClass = StorageClass.Standard;

    private ListPageParser(ReadOnlySpan<byte> body)
    {
        _body = body;
        _xml = new XmlScanner(body);
    }

    /// <param name="error">The error document that stood in place of a page.</param>
    /// <exception cref="InvalidDataException">Cut short, no XML, or a page that contradicts itself.</exception>
    public static ListPage? Parse(ReadOnlySpan<byte> body, out S3Error? error)
    {
        error = null;
        var parser = new ListPageParser(body);
        XmlTag root = parser._xml.Read();
        if (root == XmlTag.Start && parser._xml.Name.SequenceEqual("Error"u8))
        {
            error = ErrorDocumentParser.Parse(body);
            return null;
        }
        if (root != XmlTag.Start || !parser._xml.Name.SequenceEqual("ListBucketResult"u8))
            throw new InvalidDataException("the answer is no list of objects");
        return parser.ParsePage();
    }

    private ListPage ParsePage()
    {
        while (NextChild(out XmlTag tag))
        {
            ReadOnlySpan<byte> name = _xml.Name;
            if (name.SequenceEqual("Contents"u8))
                ParseObject(tag);
            else if (name.SequenceEqual("CommonPrefixes"u8))
                ParsePrefix(tag);
            else if (name.SequenceEqual("IsTruncated"u8))
                _isTruncated = ReadTruncated(tag);
            else if (name.SequenceEqual("NextContinuationToken"u8))
                _token = ReadString(tag);
            else if (name.SequenceEqual("EncodingType"u8))
                _isUrlEncoded = ReadEncoding(tag);
            else if (name.SequenceEqual("KeyCount"u8))
                _saidCount = ReadNumber(tag, "a KeyCount");
            else
                PassOver(tag);
        }
        if (!_xml.Name.SequenceEqual("ListBucketResult"u8))
            throw new InvalidDataException("the list of objects is not closed");
        CheckEnd();
        return DecodeKeys();
    }

    private readonly void CheckEnd()
    {
        if (_isTruncated is null)
            throw new InvalidDataException("the list of objects does not say whether it is truncated");
        if (_isTruncated.Value && string.IsNullOrEmpty(_token))
            throw new InvalidDataException("the list of objects goes on, but there is no continuation token (does the store know ListObjectsV2?)");
        if (!_isTruncated.Value && !string.IsNullOrEmpty(_token))
            throw new InvalidDataException("the list of objects has a continuation token, but does not go on");
        // Some stores count the objects alone (moto and SeaweedFS did), so there may be more.
        if (_objectCount + _prefixCount < _saidCount)
            throw new InvalidDataException($"the list of objects has {_objectCount + _prefixCount} entries instead of {_saidCount}");
    }

    private void ParseObject(XmlTag parent)
    {
        bool hasChildren = parent == XmlTag.Start;
        Field key = default;
        ETag etag = default;
        long size = -1;
        long lastModified = 0;
        string storageClass = StorageClass.Standard;
        while (hasChildren && NextChild(out XmlTag tag))
        {
            ReadOnlySpan<byte> name = _xml.Name;
            if (name.SequenceEqual("Key"u8))
                key = ReadField(tag);
            else if (name.SequenceEqual("LastModified"u8))
                lastModified = ReadTime(tag);
            else if (name.SequenceEqual("ETag"u8))
                etag = ReadETag(tag);
            else if (name.SequenceEqual("Size"u8))
                size = ReadNumber(tag, "a Size");
            else if (name.SequenceEqual("StorageClass"u8))
                storageClass = ReadClass(tag);
            else
                PassOver(tag);
        }
        if (hasChildren)
            CheckClosed("Contents"u8);
        if (key.Length == 0 || size < 0)
            throw new InvalidDataException("an object in the list has no key or no size");
        Grow(ref _objects, _objectCount);
        _objects[_objectCount++] = new ListedObject(key.Start, key.SignedLength, new ObjectVersion(etag, size, lastModified), storageClass);
        _keyBytes += key.Length;
    }

    private void ParsePrefix(XmlTag parent)
    {
        bool hasChildren = parent == XmlTag.Start;
        while (hasChildren && NextChild(out XmlTag tag))
        {
            if (!_xml.Name.SequenceEqual("Prefix"u8))
            {
                PassOver(tag);
                continue;
            }
            Field prefix = ReadField(tag);
            if (prefix.Length == 0)
                throw new InvalidDataException("a common prefix in the list is empty");
            Grow(ref _prefixes, _prefixCount);
            _prefixes[_prefixCount++] = new ListedPrefix(prefix.Start, prefix.SignedLength);
            _keyBytes += prefix.Length;
        }
        if (hasChildren)
            CheckClosed("CommonPrefixes"u8);
    }

    // After the last child: an end that belongs to another element means that one of them is damaged.
    private readonly void CheckClosed(ReadOnlySpan<byte> element)
    {
        if (!_xml.Name.SequenceEqual(element))
            throw new InvalidDataException("the elements of the list of objects do not close each other");
    }

    // Until here the keys are places in the body; now they become places in the page's own buffer.
    private readonly ListPage DecodeKeys()
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(Math.Max(_keyBytes, 1));
        try
        {
            int length = 0;
            for (int i = 0; i < _objectCount; i++)
            {
                int decoded = Decode(new Field(_objects[i].KeyOffset, _objects[i].KeyLength), scratch.AsSpan(length));
                _objects[i] = _objects[i] with { KeyOffset = length, KeyLength = decoded };
                length += decoded;
            }
            for (int i = 0; i < _prefixCount; i++)
            {
                int decoded = Decode(new Field(_prefixes[i].KeyOffset, _prefixes[i].KeyLength), scratch.AsSpan(length));
                _prefixes[i] = new ListedPrefix(length, decoded);
                length += decoded;
            }
            return new ListPage
            {
                Bytes = scratch.AsSpan(0, length).ToArray(),
                Objects = _objects.AsMemory(0, _objectCount),
                CommonPrefixes = _prefixes.AsMemory(0, _prefixCount),
                NextContinuationToken = _isTruncated is true ? _token : null,
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private readonly int Decode(Field field, Span<byte> destination)
    {
        ReadOnlySpan<byte> text = Slice(field);
        int length = text.Length;
        if (field.IsLiteral)
            text.CopyTo(destination);
        else if (!XmlText.TryUnescape(text, destination, out length))
            throw new InvalidDataException("a key in the list has an entity that is not known");
        if (_isUrlEncoded && !PercentEncoding.TryDecode(destination[..length], destination, out length))
            throw new InvalidDataException("a key in the list is not percent-encoded as the list says");
        return length;
    }

    // False at the end of the element that holds the children.
    private bool NextChild(out XmlTag tag)
    {
        tag = _xml.Read();
        return tag switch
        {
            XmlTag.Broken => throw new InvalidDataException("the list of objects is cut short"),
            XmlTag.End => false,
            _ => true,
        };
    }

    private Field ReadField(XmlTag tag)
    {
        if (tag == XmlTag.Empty)
            return default;
        if (!_xml.TryReadText(out int start, out int length, out bool isLiteral))
            throw new InvalidDataException("the list of objects is cut short, or an element of it has children that it should not have");
        return new Field(start, isLiteral ? ~length : length);
    }

    private string? ReadString(XmlTag tag)
    {
        Field field = ReadField(tag);
        if (field.Length > MaxTokenLength)
            throw new InvalidDataException("the continuation token is longer than a request can be");
        return XmlText.ToText(Slice(field), field.IsLiteral) ?? throw new InvalidDataException("the continuation token cannot be read");
    }

    private long ReadTime(XmlTag tag) =>
        S3Time.TryParseIso(Slice(ReadField(tag)), out long seconds) ? seconds : throw new InvalidDataException("a LastModified in the list is no time");

    private long ReadNumber(XmlTag tag, string what) =>
        long.TryParse(Slice(ReadField(tag)), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new InvalidDataException($"{what} in the list is no number");

    private bool ReadTruncated(XmlTag tag)
    {
        ReadOnlySpan<byte> text = Slice(ReadField(tag));
        if (!text.SequenceEqual("true"u8) && !text.SequenceEqual("false"u8))
            throw new InvalidDataException("IsTruncated in the list is neither true nor false");
        return text.Length == "true"u8.Length;
    }

    // An empty one says the same as none.
    private bool ReadEncoding(XmlTag tag)
    {
        ReadOnlySpan<byte> text = Slice(ReadField(tag));
        if (!text.IsEmpty && !text.SequenceEqual("url"u8))
            throw new InvalidDataException("the list has an encoding of its keys that is not known");
        return !text.IsEmpty;
    }

    private ETag ReadETag(XmlTag tag)
    {
        Field field = ReadField(tag);
        ReadOnlySpan<byte> text = Slice(field);
        // As AWS and most others write it: &quot;…&quot;
        if (text.StartsWith("&quot;"u8) && text.EndsWith("&quot;"u8) && text.Length >= 12)
            text = text[6..^6];
        if (field.IsLiteral || !text.Contains((byte)'&'))
            return ETag.Parse(text);
        Span<byte> unescaped = text.Length <= 256 ? stackalloc byte[256] : new byte[text.Length];
        return XmlText.TryUnescape(text, unescaped, out int length)
            ? ETag.Parse(unescaped[..length])
            : throw new InvalidDataException("an ETag in the list cannot be read");
    }

    private string ReadClass(XmlTag tag)
    {
        Field field = ReadField(tag);
        return _lastClass = StorageClassNames.Intern(Slice(field), _lastClass);
    }

    private void PassOver(XmlTag tag)
    {
        if (tag == XmlTag.Start && !_xml.TrySkip())
            throw new InvalidDataException("the list of objects is cut short");
    }

    private readonly ReadOnlySpan<byte> Slice(Field field) => _body.Slice(field.Start, field.Length);

    private readonly void Grow<T>(ref T[] entries, int count)
    {
        if (count == entries.Length)
            Array.Resize(ref entries, count == 0 ? Math.Clamp(_body.Length / BytesAnEntry, MinCapacity, MaxInitialCapacity) : count * 2);
    }

    // A text in the body. The length of one that came as CDATA is kept inverted, so that it fits where a key's length does.
    private readonly record struct Field(int Start, int SignedLength)
    {
        public bool IsLiteral => SignedLength < 0;

        public int Length => IsLiteral ? ~SignedLength : SignedLength;
    }
}
