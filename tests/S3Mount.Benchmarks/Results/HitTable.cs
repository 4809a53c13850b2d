using System.Globalization;
using System.Text;
using S3Mount.Benchmarks.Hits;

namespace S3Mount.Benchmarks.Results;

/// <summary>What a hit in the block cache costs, as a Markdown table.</summary>
internal static class HitTable
{
    public static void Write(StringBuilder text, IReadOnlyList<HitResult> hits)
    {
        if (hits.Count == 0)
            return;
        text.AppendLine("## A hit in the block cache, from the READ in the reader's buffer to the call that answers it").AppendLine();
        text.AppendLine("| READ | hits | not answered at once | ns per hit | bytes allocated on the managed heap | bytes copied in user space |");
        text.AppendLine("| ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (HitResult hit in hits)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {hit.ReadSize >> 10} KiB | {hit.Hits} | {hit.Late} | {hit.Nanoseconds:F0} | {hit.AllocatedBytes} | {hit.CopiedBytes} |");
        }
        text.AppendLine();
    }
}
