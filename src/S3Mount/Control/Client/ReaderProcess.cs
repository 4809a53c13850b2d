namespace S3Mount.Control.Client;

/// <summary>The process of a thread that reads.</summary>
/// <param name="Pid">Of the process; of one that is gone, or cannot be seen from here, the number of the thread.</param>
/// <param name="Name">As it is: whoever shows it makes it harmless. Empty when it is not known.</param>
/// <param name="Note">What else is to be said of it; null: nothing.</param>
internal sealed record ReaderProcess(uint Pid, string Name, string? Note)
{
    /// <summary>The kernel has no number for it in the pid namespace of the mount.</summary>
    public static readonly ReaderProcess Elsewhere = new(0, "", "other pid namespace");

    /// <summary>Name and note.</summary>
    public string Text => Note is null ? Name : Name.Length == 0 ? Note : $"{Name} ({Note})";
}
