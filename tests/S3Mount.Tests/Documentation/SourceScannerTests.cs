namespace S3Mount.Tests.Documentation;

/// <summary>What the other tests of this folder know of the sources, they know from here.</summary>
[TestFixture]
public sealed class SourceScannerTests
{
    private const char Hole = SourceText.Hole;

    [TestCase("""f("a b");""", "a b")]
    [TestCase("""f("say \"a\", {0}" );""", "say \"a\", {0}")]
    [TestCase("""f('"', "a", '\\', "b", '\'', "c");""", "a", "b", "c")]
    [TestCase("f(@\"a \"\"b\"\" \\\");", "a \"b\" \\")]
    [TestCase("// \"no\"\n/* \"no\" */ f(\"yes\"); /// \"no\"", "yes")]
    [TestCase("f(\"\"\"a \"b\" {c}\"\"\");", "a \"b\" {c}")]
    [TestCase("f(\"a \" + \"b \"\n    + \"c\");", "a b c")]
    [TestCase("f(\"a\" + x + \"b\");", "a", "b")]
    [TestCase("""f("a", "b");""", "a", "b")]
    [TestCase("""f("a"u8);""", "a")]
    public void Literals_are_found_as_they_are_printed(string code, params string[] texts) =>
        Assert.That(SourceScanner.Scan("f.cs", code).Select(found => found.Text), Is.EqualTo(texts));

    [TestCase("""f($"a {b} {{c}} {d:0.0}");""", "a ¤ {c} ¤")]
    [TestCase("""f($"a {g("b", new { C = 1 })} c");""", "a ¤ c", "b")]
    [TestCase("""f($"a{(b ? "" : $", c {d}")}; e" + "f");""", "a¤; ef", "", ", c ¤")]
    [TestCase("f($\"\"\"a {b} \"c\" \"\"\");", "a ¤ \"c\" ")]
    [TestCase("f($$\"\"\"{a {{b}}\"\"\");", "{a ¤")]
    [TestCase("f(@$\"a {b} \"\"c\"\"\");", "a ¤ \"c\"")]
    public void What_is_put_in_is_a_hole_and_looked_through(string code, params string[] texts) =>
        Assert.That(SourceScanner.Scan("f.cs", code).Select(found => found.Text.Replace(Hole, '¤')), Is.EqualTo(texts));

    [Test]
    public void A_text_knows_where_it_stands_and_what_it_is_an_argument_of()
    {
        IReadOnlyList<SourceText> found = SourceScanner.Scan("f.cs", """
            throw new UsageException(
                $"a {string.Join("b", c)}", e);
            logger.Warn("d"); var f = "g";
            """);
        Assert.That(found.Select(text => (text.Line, text.Text.Replace(Hole, '¤'), string.Join(" ", text.Calls))), Is.EqualTo(new[]
        {
            (2, "a ¤", "new UsageException"),
            (2, "b", "new UsageException Join"),
            (3, "d", "Warn"),
            (3, "g", ""),
        }));
    }

    [TestCase("<file> cannot be read: <reason>", "¤ cannot be read: ¤", true)]
    [TestCase("<file> cannot be read: <reason>", "¤ cannot be written: ¤", false)]
    [TestCase("<file> cannot be read: <reason>", "the CA bundle ¤ cannot be read: ¤", false)]
    [TestCase("<file> cannot be read", "¤ cannot be read: ¤", false)]
    [TestCase("<file> cannot be read: …", "¤ cannot be read: ¤; try another (or none)", true)]
    [TestCase("access to <url> is denied<why>", "access to ¤ is denied", false)]
    [TestCase("access to <url> is denied<why>", "access to ¤ is denied¤¤", true)]
    [TestCase("what of the cache? Write <usage>", "what of the cache? Write ¤", true)]
    [TestCase("what of the cache? Write <usage>", "what of the cache! Write ¤", false)]
    public void A_row_is_of_the_texts_that_say_the_same(string row, string text, bool isSame) =>
        Assert.That(new MessageRow(1, row).IsOf(new SourceText("f.cs", 1, text.Replace('¤', Hole), [])), Is.EqualTo(isSame));
}
