namespace S3Mount.Tests.Documentation;

/// <summary>A string literal of the sources, or several with a plus between them.</summary>
/// <param name="File">Relative to <c>src</c>.</param>
/// <param name="Line">Of its first character, from 1 on.</param>
/// <param name="Text">As it is printed, with <see cref="Hole"/> for each value that is put in.</param>
/// <param name="Calls">What it is an argument of, the innermost last: <c>new UsageException</c>, <c>Warn</c>.</param>
internal sealed record SourceText(string File, int Line, string Text, string[] Calls)
{
    /// <summary>In no text of ours.</summary>
    public const char Hole = '\uFFFC';
}
