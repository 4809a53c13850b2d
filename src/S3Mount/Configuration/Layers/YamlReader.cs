using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace S3Mount.Configuration.Layers;

/// <summary>
/// A YAML document as keys and values with their lines, from the parser's events: nothing is built by reflection, and no alias is
/// followed, so that a file is never larger than it looks. What lists hold is passed over.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Deeper than anything that makes sense; the scanner's work grows with the square of it.</summary>
    private const int MostNested = 16;

    private readonly Parser _parser;
    private readonly ConfigurationProblems _problems;
    private readonly List<YamlEntry> _entries = [];
    private int _depth;

    private YamlReader(string text, ConfigurationProblems problems)
    {
        _parser = new Parser(new StringReader(text));
        _problems = problems;
    }

    /// <summary>What comes before the first thing that is not YAML; that is added to the problems.</summary>
    public static IReadOnlyList<YamlEntry> Read(string text, ConfigurationProblems problems)
    {
        var reader = new YamlReader(text, problems);
        try
        {
            reader.ReadStream();
        }
        catch (YamlException e)
        {
            problems.Add(LineOf(e.Start), $"this is not YAML: {char.ToLowerInvariant(e.Message[0])}{e.Message[1..].TrimEnd('.')}");
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // What the library throws of its own: of a number that "\U" makes no character of, of a tag that is no URI, of braces that the
            // file ends within.
            problems.Add(reader._parser.Current is { } last ? LineOf(last.End) : 1, "this, or what follows, is not YAML; put values with special letters in single quotes");
        }
        return reader._entries;
    }

    private void ReadStream()
    {
        Next<StreamStart>();
        if (_parser.MoveNext() && _parser.Current is StreamEnd)
        {
            IsEmpty();
            return;
        }
        Next<ParsingEvent>();
        switch (_parser.Current)
        {
            case MappingStart { Anchor.IsEmpty: true, Tag.IsEmpty: true }:
                if (!TryReadMapping(_entries))
                    return;
                break;
            case Scalar { Value.Length: 0 }:
                IsEmpty();
                break;
            default:
                _problems.Add(LineOf(_parser.Current!.Start), "there is something else where lines such as bucket: my-datasets are due");
                return;
        }
        while (_parser.MoveNext() && _parser.Current is not StreamEnd)
        {
            if (_parser.Current is DocumentStart second)
            {
                _problems.Add(LineOf(second.Start), "a second document begins; a file has one");
                return;
            }
        }
    }

    /// <summary>False when nothing that follows needs to be looked at.</summary>
    private bool TryReadMapping(List<YamlEntry> entries)
    {
        while (!_problems.IsFull)
        {
            Next<ParsingEvent>();
            if (_parser.Current is MappingEnd)
                return true;
            IsNode(_parser.Current!);
            int line = LineOf(_parser.Current!.Start);
            string? key = (_parser.Current as Scalar)?.Value;
            if (key is null)
                _problems.Add(line, "a key is one word, as in bucket: my-datasets");
            if (!TrySkip())
                return false;
            Next<ParsingEvent>();
            IsNode(_parser.Current!);
            YamlValueKind kind = KindOf(_parser.Current!);
            List<YamlEntry> inside = [];
            if (key is not null)
                entries.Add(new YamlEntry(key, line, kind, kind == YamlValueKind.Text ? ((Scalar)_parser.Current!).Value : "", inside));
            if (!(kind == YamlValueKind.Mapping ? TryReadInside(inside) : TrySkip()))
                return false;
        }
        return false;
    }

    private bool TryReadInside(List<YamlEntry> entries)
    {
        if (++_depth > MostNested)
        {
            IsTooDeep();
            return false;
        }
        bool isRead = TryReadMapping(entries);
        _depth--;
        return isRead;
    }

    private static YamlValueKind KindOf(ParsingEvent value) => value switch
    {
        AnchorAlias => YamlValueKind.Alias,
        NodeEvent { Anchor.IsEmpty: false } => YamlValueKind.Tagged,
        // A lone "!" says that it is text, and so does a quote.
        NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } } => YamlValueKind.Tagged,
        SequenceStart => YamlValueKind.List,
        MappingStart => YamlValueKind.Mapping,
        Scalar { Style: ScalarStyle.Literal or ScalarStyle.Folded } => YamlValueKind.Block,
        // The core schema of YAML 1.2.
        Scalar { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" } => YamlValueKind.Nothing,
        _ => YamlValueKind.Text,
    };

    /// <summary>To the end of the node that has just begun; false after one that is nested too deep.</summary>
    private bool TrySkip()
    {
        for (int depth = _parser.Current!.NestingIncrease; depth > 0; depth += _parser.Current!.NestingIncrease)
        {
            if (depth > MostNested)
            {
                IsTooDeep();
                return false;
            }
            Next<ParsingEvent>();
        }
        return true;
    }

    // Some of what is not YAML makes the parser lose its place instead of failing: the mapping ends between a key and its value.
    private static void IsNode(ParsingEvent parsed)
    {
        if (parsed is not (NodeEvent or AnchorAlias))
            throw new YamlException(parsed.Start, parsed.End, "a key or its value is missing");
    }

    private void IsTooDeep() => _problems.Add(LineOf(_parser.Current!.Start), "this is nested too deep; only datasets have keys below theirs, and these have plain values");

    private void IsEmpty() => _problems.Add(1, "there is nothing in it; write for example bucket: my-datasets");

    private void Next<T>()
        where T : ParsingEvent
    {
        if (!_parser.MoveNext() || _parser.Current is not T)
            throw new YamlException(Mark.Empty, Mark.Empty, "it ends too soon");
    }

    private static int LineOf(Mark mark) => (int)Math.Max(1, mark.Line);
}
