using System.Text;

namespace S3Mount.Tests.Documentation;

/// <summary>
/// Finds the string literals of a C# file: enough of the language for our own sources (ECMA-334, 6.4.5.6 and 12.8.3), and no more.
/// What stands in the holes of an interpolated string is looked through, too.
/// </summary>
internal sealed class SourceScanner
{
    private readonly string _file;
    private readonly string _code;
    private readonly List<SourceText> _found = [];
    private readonly Stack<string> _calls = [];
    private int _at;
    // The end of the last literal at this depth, as long as nothing but blanks and a plus has come since.
    private int _joinable = -1;

    private SourceScanner(string file, string code) => (_file, _code) = (file, code);

    public static IReadOnlyList<SourceText> Scan(string file, string code)
    {
        var scanner = new SourceScanner(file, code);
        scanner.Code(end: '\0');
        return scanner._found;
    }

    private char Now => Ahead(0);

    private char Ahead(int count) => _at + count < _code.Length ? _code[_at + count] : '\0';

    /// <summary>Up to the end of a hole, or of the file. Stands on the end afterwards.</summary>
    private void Code(char end)
    {
        int depth = 0;
        while (_at < _code.Length)
        {
            if (Now == '/' && Ahead(1) == '/')
                SkipTo("\n");
            else if (Now == '/' && Ahead(1) == '*')
                SkipTo("*/");
            else if (Now == '\'')
                Character();
            else if (IsLiteral(out int prefix, out int dollars, out bool isVerbatim))
                Literal(prefix, dollars, isVerbatim);
            else if (depth == 0 && Now == end && end != '\0')
                return;
            else
                depth += Step();
        }
    }

    // One character of code; the difference in depth.
    private int Step()
    {
        char now = Now;
        if (now == '(')
            _calls.Push(Callee());
        else if (now == ')')
            _calls.TryPop(out _);
        if (now != '+' && !char.IsWhiteSpace(now))
            _joinable = -1;
        _at++;
        return now is '(' or '[' or '{' ? 1 : now is ')' or ']' or '}' ? -1 : 0;
    }

    private string Callee()
    {
        int end = _at;
        int start = end;
        while (start > 0 && (char.IsLetterOrDigit(_code[start - 1]) || _code[start - 1] is '_' or '.'))
            start--;
        string name = _code[start..end];
        return _code.AsSpan(0, start).TrimEnd().EndsWith("new") ? "new " + name : name[(name.LastIndexOf('.') + 1)..];
    }

    private void SkipTo(string mark)
    {
        int found = _code.IndexOf(mark, _at, StringComparison.Ordinal);
        _at = found < 0 ? _code.Length : found + mark.Length;
    }

    private void Character()
    {
        _at += Ahead(1) == '\\' ? 3 : 2;
        while (_at < _code.Length && Now != '\'')
            _at++;
        _at++;
        _joinable = -1;
    }

    private bool IsLiteral(out int prefix, out int dollars, out bool isVerbatim)
    {
        (prefix, dollars, isVerbatim) = (0, 0, false);
        while (Ahead(prefix) is '$' or '@')
        {
            if (Ahead(prefix++) == '$')
                dollars++;
            else
                isVerbatim = true;
        }
        return Ahead(prefix) == '"';
    }

    private void Literal(int prefix, int dollars, bool isVerbatim)
    {
        (int start, bool joins) = (_at, _joinable >= 0 && _found.Count > 0);
        _at += prefix;
        int quotes = 0;
        while (Ahead(quotes) == '"')
            quotes++;
        var text = new StringBuilder();
        int index = joins ? -1 : Reserve(start);
        if (quotes >= 3)
            Raw(text, quotes, dollars);
        else
            Plain(text, dollars > 0, isVerbatim);
        if (joins)
            _found[_joinable] = _found[_joinable] with { Text = _found[_joinable].Text + text };
        else
            _found[_joinable = index] = _found[index] with { Text = text.ToString() };
    }

    // Before those of its holes.
    private int Reserve(int start)
    {
        _found.Add(new SourceText(_file, _code.AsSpan(0, start).Count('\n') + 1, "", [.. _calls.Reverse()]));
        return _found.Count - 1;
    }

    private void Plain(StringBuilder text, bool hasHoles, bool isVerbatim)
    {
        for (_at++; _at < _code.Length;)
        {
            char now = Now;
            if (now == '"' && isVerbatim && Ahead(1) == '"')
                (_, _at) = (text.Append('"'), _at + 2);
            else if (now == '"')
                break;
            else if (now == '\\' && !isVerbatim)
                (_, _at) = (text.Append(Unescaped(Ahead(1))), _at + 2);
            else if (hasHoles && now is '{' or '}' && hasHoles && Ahead(1) == now)
                (_, _at) = (text.Append(now), _at + 2);
            else if (hasHoles && now == '{')
                Hole(text, braces: 1);
            else
                (_, _at) = (text.Append(now), _at + 1);
        }
        _at++;
    }

    private void Raw(StringBuilder text, int quotes, int dollars)
    {
        string mark = new('"', quotes);
        for (_at += quotes; _at < _code.Length && !_code.AsSpan(_at).StartsWith(mark);)
        {
            if (dollars > 0 && _code.AsSpan(_at).StartsWith(new string('{', dollars)))
                Hole(text, dollars);
            else
                (_, _at) = (text.Append(Now), _at + 1);
        }
        _at += quotes;
    }

    private void Hole(StringBuilder text, int braces)
    {
        int joinable = _joinable;
        _at += braces;
        _joinable = -1;
        Code('}');
        _at += braces;
        _joinable = joinable;
        text.Append(SourceText.Hole);
    }

    private static char Unescaped(char letter) => letter switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        '0' => '\0',
        _ => letter,
    };
}
