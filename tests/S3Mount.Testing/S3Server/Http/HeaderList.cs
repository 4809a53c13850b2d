using System.Collections;

namespace S3Mount.Testing.S3Server.Http;

/// <summary>The headers of a message in their order. Values are Latin-1: each char is one byte of the wire.</summary>
public sealed class HeaderList : IEnumerable<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _headers = new(16);

    /// <summary>The first header of this name, in any case; setting replaces all of them, null removes them.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> header in _headers)
            {
                if (header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                    return header.Value;
            }
            return null;
        }
        set
        {
            _headers.RemoveAll(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (value is not null)
                Add(name, value);
        }
    }

    public void Add(string name, string value) => _headers.Add(new KeyValuePair<string, string>(name, value));

    public IEnumerable<string> All(string name) =>
        _headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value);

    public List<KeyValuePair<string, string>>.Enumerator GetEnumerator() => _headers.GetEnumerator();

    IEnumerator<KeyValuePair<string, string>> IEnumerable<KeyValuePair<string, string>>.GetEnumerator() => _headers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _headers.GetEnumerator();
}
