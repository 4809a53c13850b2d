namespace S3Mount.FileSystem.Tests.Listing;

/// <summary>How many requests a scan takes, and how many of them one after another.</summary>
public sealed class ScanPlanTests
{
    [TestCase("", "")]
    public void Figures(string only, string trace)
    {
        foreach (string pattern in NamePattern.All.Where(p => p.Contains(only, StringComparison.Ordinal)))
        {
            string line = pattern.PadRight(32);
            foreach (int count in new[] { 3000, 5000, 20_000, 100_000, 1_000_000 })
            {
                var keys = new SortedKeys(NamePattern.Names(pattern, count));
                foreach (int connections in new[] { 16, 48 })
                {
                    var simulation = new ScanSimulation(keys, connections);
                    simulation.Run();
                    line += $"  {simulation.Requests - ((keys.Count + 999) / 1000),4}/{simulation.Rounds,3}";
                    if (trace.Length > 0 && count.ToString(System.Globalization.CultureInfo.InvariantCulture) == trace)
                        TestContext.Out.WriteLine(string.Join('\n', simulation.Trace));
                }
            }
            TestContext.Out.WriteLine(line);
        }
    }
}
