namespace S3Mount.FileSystem.Listing;

/// <summary>
/// Whether READDIRPLUS pays for files. It spares one LOOKUP for each file of a reader that looks at every one (ls -lR, find -size,
/// tar, cp -r), and costs the kernel an inode, about a kilobyte, for each file of a reader that only wants names (os.walk,
/// ImageFolder). Which of the two is at work shows in the LOOKUPs that follow names without attributes. Any thread.
/// <para>
/// The kernel's own rule (fuse_use_readdirplus, fs/fuse/readdir.c, v6.18) asks for attributes with the first entries of every
/// directory, and goes on when one of them was looked at: it never learns from one directory for the next. Where it asks always
/// (<see cref="ObjectFileSystemOptions.KernelChoosesReadDirPlus"/>) this policy alone decides.
/// </para>
/// </summary>
internal sealed class PlusPolicy
{
    // Workers that list side by side, and readers that look at files some directories after their names.
    private const int Remembered = 8;

    // Once attributes are given, no LOOKUP tells whether they are wanted: one directory in eight is given without.
    private const int ProbeEvery = 8;

    private readonly Lock _gate = new();
    private readonly Queue<DirectoryListing> _named = new(); // guarded by _gate
    // Guarded by _gate, as is all that follows. Null: nothing is known yet.
    private bool? _pays;
    private int _sinceProbe;

    /// <summary>
    /// A reader begins to read a directory. Returns what its first answer has; what those after it have is noted on the listing. Before
    /// anything is known, its first files have attributes, as the kernel's own rule would have it: a directory may have a million names.
    /// </summary>
    public EntryDetail Begin(DirectoryListing listing)
    {
        lock (_gate)
        {
            if (_pays is null && _named.TryDequeue(out DirectoryListing? before))
                Judge(before);
            listing.GivesAttributes = _pays == true && ++_sinceProbe < ProbeEvery;
            if (listing.GivesAttributes)
                return EntryDetail.Attributes;
            EntryDetail first = _pays is null ? EntryDetail.AttributesOfFirst : EntryDetail.AttributesOfDirectories;
            _sinceProbe = 0;
            _named.Enqueue(listing);
            // A probe is judged when the next one begins, eight directories later.
            if (_named.Count > (_pays == false ? Remembered : 1))
                Judge(_named.Dequeue());
            return first;
        }
    }

    private void Judge(DirectoryListing listing)
    {
        // A directory without files says nothing.
        if (listing.Named == 0)
            return;
        bool pays = listing.LookedUp * 2 >= listing.Named;
        if (pays != _pays)
            _named.Clear();
        _pays = pays;
    }
}
