using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace S3Mount.Testing.Datasets.Jpeg;

/// <summary>
/// The forward cosine transform of 8x8 blocks, as the two matrix products of its definition (ITU-T T.81, A.3.3): with vectors of
/// eight that is fast enough, and there is nothing in it to get wrong.
/// </summary>
internal static class JpegTransform
{
    // Row u holds the cosines of frequency u.
    private static readonly float[] _cosines = CreateCosines();

    /// <summary>
    /// Transforms and quantises the block at <paramref name="samples"/>. Coefficients come out transposed: that of horizontal
    /// frequency u and vertical frequency v at 8u + v.
    /// </summary>
    public static void Forward(ReadOnlySpan<byte> samples, int stride, ReadOnlySpan<float> transposedReciprocals, Span<int> coefficients)
    {
        Span<Vector256<float>> rows = stackalloc Vector256<float>[8];
        for (int y = 0; y < 8; y++)
            rows[y] = Load(samples[(y * stride)..]);
        Multiply(rows);
        Transpose(rows);
        Multiply(rows);
        for (int u = 0; u < 8; u++)
        {
            Vector256<float> quantised = rows[u] * Vector256.Create(transposedReciprocals.Slice(u * 8, 8));
            Vector256.ConvertToInt32(Vector256.Round(quantised)).CopyTo(coefficients[(u * 8)..]);
        }
    }

    private static Vector256<float> Load(ReadOnlySpan<byte> samples)
    {
        Vector128<byte> bytes = Vector128.CreateScalar(MemoryMarshal.Read<ulong>(samples)).AsByte();
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.WidenLower(bytes));
        return Vector256.ConvertToSingle(Vector256.Create(low, high).AsInt32()) - Vector256.Create(128f);
    }

    private static void Multiply(Span<Vector256<float>> rows)
    {
        Span<Vector256<float>> products = stackalloc Vector256<float>[8];
        for (int u = 0; u < 8; u++)
        {
            Vector256<float> sum = rows[0] * _cosines[u * 8];
            for (int y = 1; y < 8; y++)
                sum += rows[y] * _cosines[u * 8 + y];
            products[u] = sum;
        }
        products.CopyTo(rows);
    }

    private static void Transpose(Span<Vector256<float>> rows)
    {
        Span<float> cells = MemoryMarshal.Cast<Vector256<float>, float>(rows);
        for (int y = 0; y < 8; y++)
        {
            for (int x = y + 1; x < 8; x++)
                (cells[y * 8 + x], cells[x * 8 + y]) = (cells[x * 8 + y], cells[y * 8 + x]);
        }
    }

    private static float[] CreateCosines()
    {
        float[] cosines = new float[64];
        for (int u = 0; u < 8; u++)
        {
            for (int y = 0; y < 8; y++)
                cosines[u * 8 + y] = (float)(Math.Cos((2 * y + 1) * u * Math.PI / 16) * (u == 0 ? Math.Sqrt(0.125) : 0.5));
        }
        return cosines;
    }
}
