using System.Globalization;
using System.Text;

namespace S3Mount.Testing.S3Server;

/// <summary>The parameters of a request, unescaped, in their order.</summary>
internal sealed class S3Query
{
    private readonly List<(string Name, byte[] Value)> _parameters = [];

    public IReadOnlyList<(string Name, byte[] Value)> Parameters => _parameters;

    public static S3Query Parse(string text)
    {
        var query = new S3Query();
        foreach (string pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = Encoding.UTF8.GetString(PercentEncoding.Decode(equals < 0 ? pair : pair[..equals], plusIsSpace: true));
            query._parameters.Add((name, equals < 0 ? [] : PercentEncoding.Decode(pair[(equals + 1)..], plusIsSpace: true)));
        }
        return query;
    }

    public bool Has(string name) => Bytes(name) is not null;

    public byte[]? Bytes(string name)
    {
        foreach ((string parameter, byte[] value) in _parameters)
        {
            if (parameter == name)
                return value;
        }
        return null;
    }

    public string? Text(string name) => Bytes(name) is { } value ? Encoding.UTF8.GetString(value) : null;

    /// <summary>A number that is not negative; the default without one.</summary>
    public int Number(string name, int defaultValue)
    {
        if (Text(name) is not { Length: > 0 } text)
            return defaultValue;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return number;
        throw S3Exception.InvalidArgument($"Provided {name} not an integer or within integer range");
    }
}
