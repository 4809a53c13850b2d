using System.Globalization;
using S3Mount.ObjectStore.S3;

namespace S3Mount.Doctor.Store;

/// <summary>Which credentials are found, where, and for how long they are good. Never a secret.</summary>
internal sealed class CredentialsCheck(StoreAccess access, Findings findings, TimeProvider timeProvider) : ICheck
{
    public CheckArea Area => CheckArea.Store;

    public string Name => "credentials";

    /// <summary>A source is given 30 s.</summary>
    public TimeSpan Deadline => TimeSpan.FromSeconds(35);

    public async Task<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (findings.Place is null)
            return CheckResult.Skipped("the endpoint is not known");
        S3Identity? identity = await access.SignInAsync(cancellationToken).ConfigureAwait(false);
        findings.IsSignedIn = true;
        if (identity is null)
            return CheckResult.Ok("none: requests are anonymous (--no-sign-request)");
        string found = $"access key {identity.AccessKeyId} from {identity.Source}";
        if (identity.ExpiresAt is { } expiresAt)
        {
            string time = expiresAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
            return expiresAt > timeProvider.GetUtcNow()
                ? CheckResult.Ok($"{found}, until {time}")
                : CheckResult.Failed($"{found}, expired since {time}", "sign in again (aws sso login), or look at the source of credentials");
        }
        return identity.IsRenewable
            ? CheckResult.Ok(found)
            : CheckResult.Warning($"{found}, of a session that ends at a time it does not tell", "for long runs use a profile, a role or a web identity, which a mount can renew by itself");
    }
}
