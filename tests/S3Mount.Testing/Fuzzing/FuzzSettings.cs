using System.Globalization;

namespace S3Mount.Testing.Fuzzing;

/// <summary>
/// What the environment says. FUZZ_EXECUTIONS: how many executions a target gets that has <see cref="Standard"/> in the ordinary test run;
/// the others get as much more or less. FUZZ_SEED: another seed draws other inputs; without one they are always the same.
/// </summary>
internal static class FuzzSettings
{
    /// <summary>Of the quick targets, in the ordinary test run: some tenths of a second each.</summary>
    public const int Standard = 20_000;

    public static int Seed { get; } = Number("FUZZ_SEED", 1);

    private static int OfStandard { get; } = Number("FUZZ_EXECUTIONS", Standard);

    public static int Scale(int executions) => (int)Math.Clamp((long)executions * OfStandard / Standard, 1, int.MaxValue);

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
