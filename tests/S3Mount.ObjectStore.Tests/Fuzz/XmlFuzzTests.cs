using System.Globalization;
using System.Net;
using System.Text;
using System.Xml.Linq;
using S3Mount.ObjectStore.S3;
using S3Mount.Testing.Fuzzing;

namespace S3Mount.ObjectStore.Tests.Fuzz;

/// <summary>Documents of a store that lies: what they say is read as another reader reads it, or refused.</summary>
[Category("Fuzz")]
internal sealed class XmlFuzzTests
{
    private static readonly byte[][] _words = FuzzRun.Words(
        "<", ">", "/>", "</", "&", ";", "&amp;", "&#x41;", "&#0;", "&#xD800;", "<![CDATA[", "]]>", "<!--", "-->", "<?", "?>", "<!DOCTYPE x [", "\"", "'", "%", "%2F",
        "%zz", "+", "\0", "\u00ff", ":", "s3:", "<Key>", "</Key>", "<Key/>", "<Size>", "</Size>", "<Contents>", "</Contents>", "<CommonPrefixes>", "<Prefix>", "</Prefix>",
        "<IsTruncated>true</IsTruncated>", "<IsTruncated>false</IsTruncated>", "<NextContinuationToken>t</NextContinuationToken>", "<EncodingType>url</EncodingType>",
        "<KeyCount>", "<Size>9223372036854775807</Size>", "<LastModified>1969-12-31T23:59:59Z</LastModified>", "<ETag>W/\"x\"</ETag>", "<Code>", "</Code>", "<Error>", "</ListBucketResult>");

    [Test]
    public void Pages_are_read_as_another_reader_reads_them_or_refused()
    {
        var run = new FuzzRun { Corpus = Corpus.OfFiles("ListPages"), Executions = 20_000, Tokens = _words };
        FuzzResult result = run.Run(ReadPage);
        Assert.That(result.Count("read"), Is.GreaterThan(result.Executions / 200));
        Assert.That(result.Count("read and compared"), Is.GreaterThan(result.Executions / 200));
        Assert.That(result.Count("an error document"), Is.GreaterThan(result.Executions / 1000));
        Assert.That(result.Outcomes, Has.Count.GreaterThan(15), "the ways to refuse a page");
    }

    [Test]
    public void Error_documents_are_read_as_another_reader_reads_them_or_as_far_as_they_go()
    {
        var run = new FuzzRun { Corpus = Corpus.OfFiles("ErrorDocuments"), Executions = 20_000, Tokens = _words };
        FuzzResult result = run.Run(ReadError);
        Assert.That(result.Count("compared"), Is.GreaterThan(result.Executions / 100));
        Assert.That(result.Count("with a code"), Is.GreaterThan(result.Executions / 100));
        Assert.That(result.Count("without a code"), Is.GreaterThan(result.Executions / 100));
    }

    [Test]
    public void Tags_are_those_that_another_reader_finds()
    {
        Corpus corpus = Corpus.OfFiles("ListPages").With(Corpus.OfFiles("ErrorDocuments").Inputs.Select(input => input.Bytes));
        var run = new FuzzRun { Corpus = corpus, Executions = 20_000, Tokens = _words };
        FuzzResult result = run.Run(Scan);
        Assert.That(result.Count("broken"), Is.GreaterThan(result.Executions / 100));
        Assert.That(result.Count("compared"), Is.GreaterThan(result.Executions / 100));
    }

    private static string ReadPage(byte[] body)
    {
        try
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ListPage? page = ListPageParser.Parse(body, out S3Error? error);
            CheckAllocated(before, body);
            if (page is null)
            {
                FuzzCheckException.Unless(error is not null, "there is neither a page nor an error");
                return "an error document";
            }
            FuzzCheckException.Unless(page.NextContinuationToken is not { Length: 0 }, "an empty token");
            if (XmlReference.Parse(body)?.Root is not { } root)
                return "read";
            CheckObjects(page, root);
            CheckPrefixes(page, root);
            return "read and compared";
        }
        catch (InvalidDataException exception)
        {
            return string.Concat(exception.Message.Where(letter => !char.IsAsciiDigit(letter)));
        }
    }

    private static void CheckObjects(ListPage page, XElement root)
    {
        XElement[] expected = [.. root.Elements().Where(child => child.Name.LocalName == "Contents")];
        FuzzCheckException.Unless(page.Objects.Length == expected.Length, "another number of objects");
        for (int i = 0; i < expected.Length; i++)
        {
            ListedObject listed = page.Objects.Span[i];
            FuzzCheckException.Unless(page.KeyOf(listed).SequenceEqual(Decoded(root, XmlReference.LastOf(expected[i], "Key"))), $"object {i} has another key");
            FuzzCheckException.Unless(
                listed.Version.Size >= 0 && listed.Version.Size.ToString(CultureInfo.InvariantCulture) == XmlReference.LastOf(expected[i], "Size")!.TrimStart('0').PadLeft(1, '0'),
                $"object {i} has another size");
            FuzzCheckException.Unless(listed.Version.ETag == ETag.Parse(XmlReference.LastOf(expected[i], "ETag")), $"object {i} has another ETag");
        }
    }

    private static void CheckPrefixes(ListPage page, XElement root)
    {
        byte[][] expected = [.. root.Elements().Where(child => child.Name.LocalName == "CommonPrefixes")
            .SelectMany(prefixes => prefixes.Elements().Where(child => child.Name.LocalName == "Prefix")).Select(prefix => Decoded(root, prefix.Value))];
        FuzzCheckException.Unless(page.CommonPrefixes.Length == expected.Length, "another number of prefixes");
        for (int i = 0; i < expected.Length; i++)
            FuzzCheckException.Unless(page.KeyOf(page.CommonPrefixes.Span[i]).SequenceEqual(expected[i]), $"prefix {i} is another");
    }

    private static byte[] Decoded(XElement root, string? key)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(key ?? "");
        return string.IsNullOrEmpty(XmlReference.LastOf(root, "EncodingType")) ? bytes : WebUtility.UrlDecodeToBytes(bytes, 0, bytes.Length);
    }

    private static string ReadError(byte[] body)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        S3Error error = ErrorDocumentParser.Parse(body);
        CheckAllocated(before, body);
        // What cannot be read stays null, so only what has been read can be another's.
        if (XmlReference.Parse(body)?.Root is { Name.LocalName: "Error" } root && error.Code is not null && error.Message is not null)
        {
            // Of one that stands there twice either will do.
            FuzzCheckException.Unless(XmlReference.AllOf(root, "Code").Contains(error.Code), "another code");
            FuzzCheckException.Unless(XmlReference.AllOf(root, "Message").Contains(error.Message), "another message");
            return "compared";
        }
        return error.Code is null ? "without a code" : "with a code";
    }

    // Here and not over the whole target: the other reader allocates far more.
    private static void CheckAllocated(long before, byte[] body) => FuzzCheckException.Unless(
        GC.GetAllocatedBytesForCurrentThread() - before <= (16 * 1024) + (64L * body.Length), $"more was allocated than {body.Length} bytes are worth");

    private static string Scan(byte[] body)
    {
        var found = new List<(XmlTag, string)>();
        var xml = new XmlScanner(body);
        XmlTag tag;
        while ((tag = xml.Read()) != XmlTag.Broken)
        {
            found.Add((tag, Encoding.UTF8.GetString(xml.Name)));
            FuzzCheckException.Unless(found.Count <= body.Length, "there are more tags than bytes");
        }
        if (XmlReference.Parse(body)?.Root is not { } root)
            return "broken";
        var expected = new List<(XmlTag, string)>();
        Add(root);
        FuzzCheckException.Unless(found.SequenceEqual(expected), "other tags");
        return "compared";

        void Add(XElement element)
        {
            expected.Add((element.IsEmpty ? XmlTag.Empty : XmlTag.Start, element.Name.LocalName));
            foreach (XElement child in element.Elements())
                Add(child);
            if (!element.IsEmpty)
                expected.Add((XmlTag.End, element.Name.LocalName));
        }
    }
}
