namespace S3Mount.ObjectStore.S3;

/// <summary>
/// The sections of <c>~/.aws/config</c> or <c>~/.aws/credentials</c> (AWS SDKs and Tools Reference Guide, "File format"). The
/// SDK reads credentials from these files; it does not show what stands under <c>services</c> or <c>s3</c>, so region and
/// endpoint are read here. A nested setting is found as <c>s3.endpoint_url</c>.
/// </summary>
internal sealed class AwsConfigFile
{
    private readonly Dictionary<string, Dictionary<string, string>> _sections = [];

    /// <summary>Why the file could not be read; null when it could, or when there is none.</summary>
    public string? Problem { get; private init; }

    /// <summary>
    /// What the file says; nothing when there is none, or when it cannot be read: in a container HOME may be somebody else's. So
    /// does the AWS CLI, which refuses what makes no sense but ignores what it cannot open (botocore 1.43, configloader.py).
    /// </summary>
    /// <exception cref="ObjectStoreException">Rejected: a line makes no sense.</exception>
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
            return new AwsConfigFile { Problem = $"{path} cannot be read: {ObjectStoreText.OneLine(exception.Message)}" };
        }
        catch (InvalidDataException exception)
        {
            // Not the line itself: it may be half of a secret.
            throw new ObjectStoreException(ObjectStoreFailure.Rejected, $"{path} cannot be used: {exception.Message}; correct it, or name another file in AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE", exception);
        }
    }

    /// <exception cref="InvalidDataException">A line is neither a section nor a setting of one.</exception>
    public static AwsConfigFile Parse(IEnumerable<string> lines)
    {
        var file = new AwsConfigFile();
        Dictionary<string, string>? section = null;
        string parent = "";
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string text = WithoutComment(line);
            if (text.Length == 0)
                continue;
            if (text[0] == '[')
            {
                if (!text.Contains(']'))
                    throw new InvalidDataException($"in line {number} a section has no ']'");
                section = file.Open(text);
                parent = "";
                continue;
            }
            if (section is null)
                throw new InvalidDataException($"line {number} stands before the first [section]");
            bool isIndented = char.IsWhiteSpace(line[0]);
            bool isNested = isIndented && parent.Length > 0;
            int equals = text.AsSpan().IndexOfAny('=', ':');
            if (equals <= 0)
            {
                // The rest of a value of several lines, which none of the settings that are read here has.
                if (isIndented && !isNested && section.Count > 0)
                    continue;
                throw new InvalidDataException($"line {number} is no setting (NAME = VALUE)");
            }
            string name = text[..equals].Trim();
            string value = text[(equals + 1)..].Trim();
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
        string[] words = header[1..end].Replace("\"", "", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
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
