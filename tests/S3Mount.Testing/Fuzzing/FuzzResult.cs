namespace S3Mount.Testing.Fuzzing;

/// <summary>How often a target came to which outcome.</summary>
public sealed record FuzzResult(int Executions, IReadOnlyDictionary<string, int> Outcomes)
{
    public int Count(string outcome) => Outcomes.GetValueOrDefault(outcome);

    public override string ToString() =>
        $"{Executions} executions: " + string.Join(", ", Outcomes.OrderByDescending(outcome => outcome.Value).Take(30).Select(outcome => $"{outcome.Value} {outcome.Key}"));
}
