using System.Text;

namespace S3Mount.ObjectStore.Tests.S3;

/// <summary>Keys that people have, and keys that nobody should have.</summary>
internal static class RandomKeys
{
    private const string Awkward = " +%&'\"<>#?=;:@!$()*,[]{}|\\^`~-_./";

    public static string Next(Random random, bool allowControls)
    {
        var key = new StringBuilder();
        for (int length = random.Next(1, 40); length > 0; length--)
        {
            switch (random.Next(allowControls ? 6 : 5))
            {
                case 0:
                    key.Append(Awkward[random.Next(Awkward.Length)]);
                    break;
                case 1:
                    key.Append((char)random.Next(0xa0, 0xd7ff));
                    break;
                case 2:
                    key.Append(char.ConvertFromUtf32(random.Next(0x10000, 0x10ffff)));
                    break;
                case 5:
                    key.Append((char)random.Next(1, 0x20));
                    break;
                default:
                    key.Append((char)('a' + random.Next(26)));
                    break;
            }
        }
        return key.ToString();
    }
}
