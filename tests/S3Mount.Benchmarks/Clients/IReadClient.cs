namespace S3Mount.Benchmarks.Clients;

/// <summary>One workload, ready to run: its constructor has done all that is not to be measured.</summary>
internal interface IReadClient
{
    Task<ClientResult> RunAsync();
}
