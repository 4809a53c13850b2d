namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The sections of <c>~/.aws/config</c> or <c>~/.aws/credentials</c> (AWS SDKs and Tools Reference Guide, "File format"). The
/// SDK reads credentials from these files; it does not show what stands under <c>services</c> or <c>s3</c>, so region and
/// endpoint are read here. A nested setting is found as <c>s3.endpoint_url</c>.
/// </summary>
internal sealed class AwsConfigFile
{
    private readonly Dictionary<string, Dictionary<string, string>> _sections = [];

    /// <summary>What the file says; nothing when there is none.</summary>
    /// <exception cref="ObjectStoreException">NoCredentials: there is one that cannot be read.</exception>
    public static AwsConfigFile Load(string path)
    {
        try
        {
            return Parse(File.ReadLines(path));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new AwsConfigFile();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ObjectStoreException(ObjectStoreFailure.NoCredentials, $"{path} cannot be read: {exception.Message}", exception);
        }
    }

    public static AwsConfigFile Parse(IEnumerable<string> lines)
    {
        var file = new AwsConfigFile();
        Dictionary<string, string>? section = null;
        string parent = "";
        foreach (string line in lines)
        {
            string text = WithoutComment(line);
            if (text.Length == 0)
                continue;
            if (text[0] == '[')
            {
                section = file.Open(text);
                parent = "";
                continue;
            }
            int equals = text.IndexOf('=');
            if (section is null || equals <= 0)
                continue;
            string name = text[..equals].Trim();
            string value = text[(equals + 1)..].Trim();
            bool isNested = char.IsWhiteSpace(line[0]) && parent.Length > 0;
            if (!isNested)
                parent = value.Length == 0 ? name : "";
            section[isNested ? $"{parent}.{name}" : name] = value;
        }
        return file;
    }

    /// <param name="section">As it is written, its spaces made one: <c>profile work</c>, <c>services local</c>.</param>
    public IReadOnlyDictionary<string, string>? this[string section] => _sections.GetValueOrDefault(section);

    // The same section may stand in the file twice.
    private Dictionary<string, string> Open(string header)
    {
        int end = header.IndexOf(']');
        string[] words = header[1..(end < 0 ? header.Length : end)].Replace("\"", "", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string name = string.Join(' ', words);
        if (!_sections.TryGetValue(name, out Dictionary<string, string>? section))
            _sections[name] = section = [];
        return section;
    }

    private static string WithoutComment(string line)
    {
        string text = line.Trim();
        if (text.Length == 0 || text[0] is '#' or ';')
            return "";
        // Behind a value a comment needs a space before it.
        int comment = text.AsSpan().IndexOf(" #");
        if (comment < 0)
            comment = text.AsSpan().IndexOf(" ;");
        return comment < 0 ? text : text[..comment].TrimEnd();
    }
}
