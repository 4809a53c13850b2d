using System.Text;
using S3Mount.ObjectStore.S3;

namespace S3Mount.ObjectStore.Tests.S3;

internal sealed class ListPageParserTests
{
    private const string Tag = "0123456789abcdef0123456789abcdef";

    // As AWS answers with encoding-type=url.
    private const string Aws = """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bucket</Name><Prefix>a%2F</Prefix><NextContinuationToken>1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=</NextContinuationToken><KeyCount>3</KeyCount><MaxKeys>3</MaxKeys><Delimiter>%2F</Delimiter><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><Contents><Key>a/b+c%2Bd.jpg</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>434234</Size><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>a/%0A%01</Key><LastModified>2009-10-12T17:50:31.000Z</LastModified><ETag>&quot;0123456789abcdef0123456789abcdef-12&quot;</ETag><Size>0</Size><Owner><ID>x</ID><DisplayName>y</DisplayName></Owner><StorageClass>DEEP_ARCHIVE</StorageClass><RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2012-12-21T00:00:00.000Z</RestoreExpiryDate></RestoreStatus></Contents><CommonPrefixes><Prefix>a/%C3%A9/</Prefix></CommonPrefixes></ListBucketResult>
        """;

    // As radosgw 16 answers: no line break, %20 for a space, its own order.
    private const string Radosgw =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>bucket</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys>"
        + "<IsTruncated>false</IsTruncated><Contents><Key>a%20b</Key><LastModified>2026-08-24T10:00:00.123Z</LastModified><ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag>"
        + "<Size>5</Size><StorageClass>STANDARD</StorageClass><Owner><ID>u</ID><DisplayName>U</DisplayName></Owner><Type>Normal</Type></Contents>"
        + "<Marker></Marker><EncodingType>url</EncodingType><KeyCount>1</KeyCount></ListBucketResult>";

    // As MinIO answers without an encoding: the key is text.
    private const string Plain =
        "<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>false</IsTruncated><Contents>"
        + "<Size>7</Size><ETag>\"0123456789abcdef0123456789abcdef\"</ETag><Key>a+b%20&amp;&lt;&gt;&quot;&apos;&#x9;&#10;&#xe9;</Key><LastModified>2026-08-24T10:00:00Z</LastModified>"
        + "<UserMetadata><A>1</A></UserMetadata></Contents><CommonPrefixes><Prefix>x+y/</Prefix></CommonPrefixes></ListBucketResult>";

    [Test]
    public void A_page_of_AWS_is_read()
    {
        ListPage page = Parse(Aws);
        Assert.That(Keys(page), Is.EqualTo(new[] { "a/b c+d.jpg", "a/\n\u0001" }));
        Assert.That(Prefixes(page), Is.EqualTo(new[] { "a/é/" }));
        Assert.That(page.NextContinuationToken, Is.EqualTo("1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM="));
        Assert.That(page.Objects.Span[0].Version, Is.EqualTo(new ObjectVersion(ETag.Parse(Tag), 434234, 1255369830)));
        Assert.That(page.Objects.Span[1].Version, Is.EqualTo(new ObjectVersion(ETag.Parse(Tag + "-12"), 0, 1255369831)));
        Assert.That(page.Objects.Span[0].StorageClass, Is.SameAs(StorageClass.Standard));
        Assert.That(StorageClass.IsArchived(page.Objects.Span[1].StorageClass), Is.True);
    }

    [Test]
    public void A_page_of_radosgw_is_read()
    {
        ListPage page = Parse(Radosgw);
        Assert.That(Keys(page), Is.EqualTo(new[] { "a b" }));
        Assert.That(page.IsTruncated, Is.False);
        Assert.That(page.Objects.Span[0].Version, Is.EqualTo(new ObjectVersion(ETag.Parse(Tag), 5, 1787565600)));
    }

    [Test]
    public void A_page_without_an_encoding_type_is_not_decoded()
    {
        ListPage page = Parse(Plain);
        Assert.That(Keys(page), Is.EqualTo(new[] { "a+b%20&<>\"'\t\né" }));
        Assert.That(Prefixes(page), Is.EqualTo(new[] { "x+y/" }));
        Assert.That(page.Objects.Span[0].Version.ETag, Is.EqualTo(ETag.Parse(Tag)));
    }

    [TestCase("<Key><![CDATA[a&b]]></Key>", "a&b")]
    [TestCase("<s3:Key>ab</s3:Key>", "ab")]
    [TestCase("<Key>ab</Key >", "ab")]
    [TestCase("<Key a=\"x>y\" b='\"'>ab</Key>", "ab")]
    [TestCase("<!-- <Key>no</Key> --><Key>ab</Key>", "ab")]
    [TestCase("<!--><Key>no</Key>--><Key>ab</Key>", "ab")]
    [TestCase("<Unknown><Key>no</Key><Key>nor</Key></Unknown><Key>ab</Key><Empty/>", "ab")]
    public void Unusual_XML_is_understood(string key, string expected) =>
        Assert.That(Keys(Parse($"<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Size>1</Size>{key}</Contents></ListBucketResult>")), Is.EqualTo(new[] { expected }));

    [TestCase("")]
    [TestCase("no XML")]
    [TestCase("<html><body>Sign in</body></html>")]
    [TestCase("<ListBucketResult>")]
    [TestCase("<ListBucketResult/>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents/></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Size>1</Size></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key></Key><Size>1</Size></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key><Size>-1</Size></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key><Size>99999999999999999999</Size></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key><Size>1</Size><LastModified>now</LastModified></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a<b/>c</Key><Size>1</Size></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>&unknown;</Key><Size>1</Size></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>&#0;</Key><Size>1</Size></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>&#xD800;</Key><Size>1</Size></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType><Contents><Key>%zz</Key><Size>1</Size></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated/></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>True</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>no</IsTruncated></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken/></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>1</KeyCount></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>some</KeyCount></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><EncodingType>base64</EncodingType></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><X><Key>k</Key></Contents></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>k</NextMarker></ListBucketResult>")]
    [TestCase("<ListBucketResult><IsTruncated>false</IsTruncated><CommonPrefixes><Prefix/></CommonPrefixes></ListBucketResult>")]
    [TestCase("<!DOCTYPE x [<!ENTITY k \"v\">]><ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")]
    public void What_is_no_page_is_refused(string text) =>
        Assert.That(() => Parse(text), Throws.InstanceOf<InvalidDataException>());

    [Test]
    public void A_page_cut_short_anywhere_is_refused()
    {
        byte[] page = Encoding.UTF8.GetBytes(Aws.TrimEnd());
        for (int length = 0; length < page.Length; length++)
        {
            byte[] cut = page[..length];
            Assert.That(() => ListPageParser.Parse(cut, out _), Throws.InstanceOf<InvalidDataException>(), $"cut at {length}");
        }
    }

    [TestCase("<KeyCount>2</KeyCount>")]
    [TestCase("<KeyCount>1</KeyCount>", Description = "objects alone")]
    [TestCase("<KeyCount>0</KeyCount>")]
    [TestCase("<NextContinuationToken/>")]
    [TestCase("<NextContinuationToken></NextContinuationToken><EncodingType/>")]
    public void What_stores_are_known_to_say_beside_it_is_no_contradiction(string beside)
    {
        ListPage page = Parse($"<ListBucketResult>{beside}<IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size></Contents><CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes></ListBucketResult>");
        Assert.That(Keys(page), Is.EqualTo(new[] { "a" }));
        Assert.That(Prefixes(page), Is.EqualTo(new[] { "b/" }));
        Assert.That(page.IsTruncated, Is.False);
    }

    [TestCase(Aws)]
    [TestCase(Radosgw)]
    [TestCase(Plain)]
    public void A_page_with_one_changed_byte_is_refused_or_whole(string text)
    {
        byte[] original = Encoding.UTF8.GetBytes(text.Trim());
        ListPage expected = ListPageParser.Parse(original, out _)!;
        byte[] page = [.. original];
        int refused = 0, whole = 0;
        for (int i = 0; i < page.Length; i++)
        {
            foreach (byte changed in Changes(original[i]))
            {
                page[i] = changed;
                try
                {
                    ListPage? found = ListPageParser.Parse(page, out _);
                    Assert.That(found is not null && IsWhole(found, expected), Is.True, $"byte {i} is {(char)changed} instead of {(char)original[i]}");
                    whole++;
                }
                catch (InvalidDataException)
                {
                    refused++;
                }
            }
            page[i] = original[i];
        }
        Assert.That(refused, Is.GreaterThan(1000));
        Assert.That(whole, Is.GreaterThan(1000));
    }

    [Test]
    public void An_error_document_is_told_apart()
    {
        ListPage? page = ListPageParser.Parse("<Error><Code>SlowDown</Code><Message>a &amp; b</Message><Resource><x/></Resource><RequestId>R</RequestId></Error>"u8, out S3Error? error);
        Assert.That(page, Is.Null);
        Assert.That(error, Is.EqualTo(new S3Error("SlowDown", "a & b", null, "R")));
    }

    [Test]
    public void A_page_of_any_keys_comes_back_as_it_was_written([Values] bool urlEncoded)
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            string[] keys = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => RandomKeys.Next(random, allowControls: urlEncoded))];
            var xml = new StringBuilder("<ListBucketResult><IsTruncated>false</IsTruncated>");
            foreach (string key in keys)
                xml.Append($"<Contents><Key>{Write(key)}</Key><Size>{random.Next()}</Size></Contents>");
            xml.Append(urlEncoded ? "<EncodingType>url</EncodingType></ListBucketResult>" : "</ListBucketResult>");
            Assert.That(Keys(Parse(xml.ToString())), Is.EqualTo(keys));
        }

        string Write(string key) => urlEncoded
            ? PercentEncoding.EncodeQuery(Encoding.UTF8.GetBytes(key)).Replace("%20", random.Next(2) == 0 ? "+" : "%20", StringComparison.Ordinal)
            : key.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&#62;", StringComparison.Ordinal);
    }

    [Test]
    public void A_page_of_one_key_costs_little()
    {
        byte[] page = Encoding.UTF8.GetBytes(Radosgw);
        ListPageParser.Parse(page, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ListPageParser.Parse(page, out _);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(2000));
    }

    [Test]
    public void A_page_of_a_thousand_keys_is_a_handful_of_allocations()
    {
        string entries = string.Concat(Enumerable.Range(0, 1000).Select(i =>
            $"<Contents><Key>train/n01440764/n01440764_{i:d5}.JPEG</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;{i:x32}&quot;</ETag><Size>{i}</Size><StorageClass>STANDARD</StorageClass></Contents>"));
        byte[] page = Encoding.UTF8.GetBytes($"<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>");
        ListPageParser.Parse(page, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ListPage parsed = ListPageParser.Parse(page, out _)!;
        // The entries and the keys themselves: 1,000 times some 100 bytes.
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(130_000));
        Assert.That(Keys(parsed)[999], Is.EqualTo("train/n01440764/n01440764_00999.JPEG"));
    }

    // Each bit, and what means something in XML.
    private static IEnumerable<byte> Changes(byte original) =>
        Enumerable.Range(0, 8).Select(bit => (byte)(original ^ (1 << bit))).Concat("<>/&;\"'!?: \n\0"u8.ToArray()).Distinct().Where(changed => changed != original);

    // As many entries in the same order, all but at most one of them the same, and it goes on where the other does.
    private static bool IsWhole(ListPage page, ListPage expected)
    {
        if (page.Objects.Length != expected.Objects.Length || page.CommonPrefixes.Length != expected.CommonPrefixes.Length || page.IsTruncated != expected.IsTruncated)
            return false;
        int others = Prefixes(page).Zip(Prefixes(expected)).Count(pair => pair.First != pair.Second);
        for (int i = 0; i < page.Objects.Length; i++)
        {
            ListedObject found = page.Objects.Span[i], original = expected.Objects.Span[i];
            bool isSame = page.KeyOf(found).SequenceEqual(expected.KeyOf(original)) && found.Version == original.Version && found.StorageClass == original.StorageClass;
            others += isSame ? 0 : 1;
        }
        return others <= 1;
    }

    private static ListPage Parse(string text) => ListPageParser.Parse(Encoding.UTF8.GetBytes(text), out _)!;

    private static string[] Keys(ListPage page) => [.. page.Objects.ToArray().Select(listed => Encoding.UTF8.GetString(page.KeyOf(listed)))];

    private static string[] Prefixes(ListPage page) => [.. page.CommonPrefixes.ToArray().Select(listed => Encoding.UTF8.GetString(page.KeyOf(listed)))];
}
