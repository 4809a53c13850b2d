namespace S3Mount.Benchmarks.Results;

/// <summary>What rows are made of: something that contenders do, each in its turn.</summary>
internal interface IScenario
{
    /// <summary>What it is chosen by.</summary>
    string Name { get; }

    /// <summary>What the tables say.</summary>
    string Title { get; }
}
