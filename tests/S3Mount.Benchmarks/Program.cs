using S3Mount.Benchmarks;
using S3Mount.Benchmarks.Clients;
using S3Mount.Testing.Commands;

try
{
    if (args is ["client", var workload])
    {
        await ClientProgram.RunAsync(Workload.Parse(workload));
        return 0;
    }
    return await BenchRun.RunAsync(BenchOptions.Parse(args));
}
catch (UsageException exception)
{
    await Console.Error.WriteLineAsync($"{exception.Message}\nusage: {BenchOptions.Usage}");
    return 2;
}
catch (Exception exception) when (exception is BenchException or HttpRequestException)
{
    // The latter is the store's: it does not answer the bench any more.
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
