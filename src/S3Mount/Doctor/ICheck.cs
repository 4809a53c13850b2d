using S3Mount.ObjectStore;

namespace S3Mount.Doctor;

/// <summary>One thing that <c>s3mount doctor</c> looks at. Run once, one after another; a check may block.</summary>
internal interface ICheck
{
    CheckArea Area { get; }

    /// <summary>A word or two, at most <see cref="DoctorText.NameWidth"/> letters.</summary>
    string Name { get; }

    /// <summary>After which it is given up, whatever it waits for: longer than a look at a mount whose daemon hangs takes.</summary>
    TimeSpan Deadline => TimeSpan.FromSeconds(15);

    /// <exception cref="ObjectStoreException">Becomes a failure, with the advice of <see cref="Store.StoreAdvice"/>.</exception>
    /// <exception cref="IOException">Becomes a failure too, as does <see cref="UnauthorizedAccessException"/>.</exception>
    Task<CheckResult> RunAsync(CancellationToken cancellationToken);
}
