namespace S3Mount.Testing.Datasets.Jpeg;

/// <summary>A Huffman table of ITU-T T.81, Annex K.3: the typical tables that most encoders use.</summary>
internal sealed class JpegHuffmanTable
{
    private const string AcTail =
        "535455565758595a636465666768696a737475767778797a";

    private readonly byte[] _lengths = new byte[256];
    private readonly ushort[] _codes = new ushort[256];

    private JpegHuffmanTable(byte[] counts, byte[] symbols)
    {
        (Counts, Symbols) = (counts, symbols);
        int next = 0;
        ushort code = 0;
        for (int length = 1; length <= 16; length++, code <<= 1)
        {
            for (int i = 0; i < counts[length - 1]; i++, next++, code++)
                (_codes[symbols[next]], _lengths[symbols[next]]) = (code, (byte)length);
        }
    }

    public static JpegHuffmanTable LumaDc { get; } = Create("00010501010101010100000000000000", "000102030405060708090a0b");

    public static JpegHuffmanTable ChromaDc { get; } = Create("00030101010101010101010000000000", "000102030405060708090a0b");

    public static JpegHuffmanTable LumaAc { get; } = Create(
        "0002010303020403050504040000017d",
        "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a"
        + AcTail + "838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9da"
        + "e1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa");

    public static JpegHuffmanTable ChromaAc { get; } = Create(
        "00020102040403040705040400010277",
        "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a"
        + AcTail + "82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9da"
        + "e2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa");

    /// <summary>Codes of each length from 1 to 16 bits.</summary>
    public byte[] Counts { get; }

    public byte[] Symbols { get; }

    public void Write(JpegBitWriter bits, int symbol) => bits.Write(_codes[symbol], _lengths[symbol]);

    private static JpegHuffmanTable Create(string counts, string symbols) => new(Convert.FromHexString(counts), Convert.FromHexString(symbols));
}
