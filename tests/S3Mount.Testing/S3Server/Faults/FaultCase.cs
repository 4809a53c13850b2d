namespace S3Mount.Testing.S3Server.Faults;

/// <summary>One request that a rule has taken.</summary>
/// <param name="Number">Counts what the rule has taken, from 0.</param>
internal readonly record struct FaultCase(FaultRule Rule, S3Request Request, int Number)
{
    public FaultEffect Effect => Rule.Effect;
}
