using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;
using S3Mount.Interop;

namespace S3Mount.Configuration.Layers;

/// <summary>The text of a configuration file: bounded, UTF-8, and without what YAML would misunderstand in silence.</summary>
internal static class ConfigurationText
{
    /// <summary>A file with every option and what it means has 5 KiB; a bound for what was named by mistake.</summary>
    public const int MaxLength = 256 * 1024;

    /// <exception cref="IOException">It cannot be read; the message says why.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static byte[] ReadFile(string path)
    {
        // A pipe without a writer would hold a plain open for ever.
        int descriptor = LibC.Open(path, LibC.O_RDONLY | LibC.O_CLOEXEC | LibC.O_NONBLOCK);
        if (descriptor < 0)
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        // The daemon is another process and reads it again.
        if (!stream.CanSeek)
            throw new IOException("it is a pipe or a device, and would have to be read twice; write a file");
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxLength + 1);
        int length = stream.ReadAtLeast(buffer, MaxLength + 1, throwOnEndOfStream: false);
        byte[] bytes = buffer[..length];
        ArrayPool<byte>.Shared.Return(buffer);
        return length <= MaxLength ? bytes : throw new IOException($"it has more than {MaxLength >> 10} KiB, and so is no configuration");
    }

    /// <returns>Null, after a problem was added.</returns>
    public static string? Decode(ReadOnlySpan<byte> bytes, ConfigurationProblems problems)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        char[] letters = new char[bytes.Length];
        if (Utf8.ToUtf16(bytes, letters, out int read, out int written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            problems.Add(1 + bytes[..read].Count((byte)'\n'), "this is not UTF-8; save the file in that encoding");
            return null;
        }
        string text = new(letters, 0, written);
        return HasOnlyText(text, problems) ? text : null;
    }

    private static bool HasOnlyText(string text, ConfigurationProblems problems)
    {
        int line = 1;
        bool isIndent = true;
        for (int i = 0; i < text.Length; i++)
        {
            char letter = text[i];
            if (letter == '\t' && isIndent)
                problems.Add(line, "a tab indents this line; YAML wants spaces, and these keys no indent at all");
            else if (char.IsControl(letter) && letter is not ('\t' or '\n' or '\r'))
                problems.Add(line, $"there is a control character (U+{(int)letter:X4}); remove it");
            // One is enough: they come in numbers, in a file that is something else.
            if (problems.Lines.Count > 0)
                return false;
            isIndent = letter is '\n' || (isIndent && letter is ' ');
            if (letter is '\n')
                line++;
        }
        return true;
    }
}
