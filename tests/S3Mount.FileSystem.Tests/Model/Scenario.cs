using System.Text;

namespace S3Mount.FileSystem.Tests.Model;

/// <summary>A mount, the keys that may exist in its bucket, and what happens.</summary>
internal sealed record Scenario(string Prefix, int PageSize, string[] Keys, Operation[] Operations)
{
    private static readonly string _long = new('n', 255);

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"prefix '{Prefix}', pages of {PageSize}, keys:");
        for (int i = 0; i < Keys.Length; i++)
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {i}: '{new ObjectStore.ObjectKey(Keys[i].Replace(_long, "n…", StringComparison.Ordinal))}'");
        foreach (Operation operation in Operations)
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {operation}");
        return text.ToString();
    }
}
