using FsCheck;
using FsCheck.Fluent;

namespace S3Mount.FileSystem.Tests.Model;

/// <summary>Random trees and random operations, compared with a model of the semantics after each step.</summary>
public sealed class ModelTests
{
    // Enough to shrink a failure; what is left is read by a person.
    private const int MaxShrinks = 400;

    [TestCase(1UL, 150, 60)]
    [TestCase(2UL, 40, 250)]
    [CancelAfter(120_000)]
    public async Task The_file_system_does_what_the_model_does(ulong seed, int scenarios, int operations, CancellationToken cancellationToken)
    {
        Gen<Scenario> generator = ScenarioGenerator.Create(operations);
        for (int i = 0; i < scenarios; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A seed of its own for each, so that one can be run again alone; Rnd wants its second number odd.
            var random = new Rnd((seed * 1_000_003) + (ulong)i, (2 * (ulong)i) + 1);
            Scenario scenario = generator.Sample(1, random, 50).Single();
            if (await FailureAsync(scenario) is { } failure)
            {
                (Scenario smallest, string message) = await ShrinkAsync(scenario, failure);
                Assert.Fail($"seed {seed}, scenario {i}: {message}\n{smallest}");
            }
        }
    }

    private static async Task<(Scenario Scenario, string Failure)> ShrinkAsync(Scenario scenario, string failure)
    {
        int tries = 0;
        bool isSmaller = true;
        while (isSmaller && tries < MaxShrinks)
        {
            isSmaller = false;
            foreach (Scenario smaller in ScenarioGenerator.Shrink(scenario))
            {
                if (tries++ >= MaxShrinks)
                    break;
                if (await FailureAsync(smaller) is not { } message)
                    continue;
                (scenario, failure, isSmaller) = (smaller, message, true);
                break;
            }
        }
        return (scenario, failure);
    }

    private static async Task<string?> FailureAsync(Scenario scenario)
    {
        try
        {
            await ModelRun.RunAsync(scenario);
            return null;
        }
        catch (ModelException failure)
        {
            return failure.Message;
        }
    }
}
