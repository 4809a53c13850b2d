namespace S3Mount.Doctor;

/// <summary>Prints each check when it has ended, below the head of its group.</summary>
internal sealed class DoctorPrinter(TextWriter output, DoctorText text, string? target)
{
    private CheckArea? _area;

    public async Task PrintAsync(CheckReport check)
    {
        if (check.Area != _area)
            await output.WriteAsync(DoctorText.Head(check.Area, target)).ConfigureAwait(false);
        _area = check.Area;
        await output.WriteAsync(text.Line(check)).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }
}
