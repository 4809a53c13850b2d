using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace S3Mount.Testing.Fuzzing;

/// <summary>
/// Runs a target on every input of a corpus, then on changed ones. A target says in a word what came of an input; it fails by any exception,
/// by allocating more than it may, and by not coming back: that is seen here, so a test of it needs no deadline of its own, and may run for hours.
/// An input with an outcome that had not been seen is changed further.
/// </summary>
public sealed class FuzzRun
{
    // Outcomes are few; a target that makes up new ones all the time must not fill the memory.
    private const int MaxKept = 2000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _outcomes = [];
    private byte[] _current = [];
    private string _from = "";
    private long _startedAt;
    private int _done;

    public required Corpus Corpus { get; init; }

    /// <summary>In the ordinary test run, the corpus itself not counted.</summary>
    public required int Executions { get; init; }

    /// <summary>Words of the format, put anywhere.</summary>
    public IReadOnlyList<byte[]> Tokens { get; init; } = [];

    public int MaxLength { get; init; } = 64 * 1024;

    /// <summary>Bytes that the target may allocate on its thread, beside those for each byte of the input; null: not looked at.</summary>
    public long? MaxAllocated { get; init; }

    public int MaxAllocatedAByte { get; init; } = 64;

    /// <summary>For one execution: far more than any needs, however busy the machine is.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    public static byte[][] Words(params IEnumerable<string> words) => [.. words.Select(Encoding.Latin1.GetBytes)];

    /// <exception cref="FuzzFailureException">The target failed; the input has been written to a file.</exception>
    public FuzzResult Run(Func<byte[], string> target)
    {
        int executions = FuzzSettings.Scale(Executions);
        Console.WriteLine($"{Corpus.Name}: seed {FuzzSettings.Seed}, {executions} executions");
        FuzzFailureException? failure = null;
        var runner = new Thread(() => failure = RunAll(executions, target)) { IsBackground = true, Name = $"fuzz {Corpus.Name}" };
        Volatile.Write(ref _startedAt, Environment.TickCount64);
        runner.Start();
        while (!runner.Join(TimeSpan.FromSeconds(1)))
        {
            if (Environment.TickCount64 - Volatile.Read(ref _startedAt) > Deadline.TotalMilliseconds)
                throw Failed(new TimeoutException($"it has not come back within {Deadline.TotalSeconds} s"));
        }
        if (failure is not null)
            throw failure;
        var result = new FuzzResult(_done, _outcomes);
        Console.WriteLine(result);
        return result;
    }

    /// <summary>The same for a target that waits; the thread that runs it waits with it.</summary>
    public FuzzResult Run(Func<byte[], Task<string>> target) => Run(input => target(input).GetAwaiter().GetResult());

    private FuzzFailureException? RunAll(int executions, Func<byte[], string> target)
    {
        var random = new Random(FuzzSettings.Seed);
        var mutator = new Mutator(random, Tokens, MaxLength);
        List<byte[]> corpus = [.. Corpus.Inputs.Select(input => input.Bytes)];
        List<byte[]> pool = [.. corpus];
        try
        {
            foreach (FuzzInput input in Corpus.Inputs)
                Execute(input.Bytes, input.Name, target);
            for (int i = 0; i < executions; i++)
            {
                // What was kept is further from what is well-formed, and there is much of it.
                byte[] input = mutator.Next(random.Next(4) == 0 ? pool : corpus);
                if (Execute(input, "", target) && pool.Count < MaxKept)
                    pool.Add(input);
            }
            return null;
        }
        catch (Exception exception)
        {
            Reduce(target, exception);
            return Failed(exception);
        }
    }

    // Whether the outcome is a new one.
    private bool Execute(byte[] input, string from, Func<byte[], string> target)
    {
        lock (_gate)
            (_current, _from) = (input, from);
        Volatile.Write(ref _startedAt, Environment.TickCount64);
        string outcome = Execute(input, target);
        _done++;
        bool isNew = !_outcomes.TryGetValue(outcome, out int count);
        if (_outcomes.Count < MaxKept || !isNew)
            _outcomes[outcome] = count + 1;
        return isNew;
    }

    private string Execute(byte[] input, Func<byte[], string> target)
    {
        // A target that changes its input would otherwise hide what it was given.
        byte[] copy = [.. input];
        long before = GC.GetAllocatedBytesForCurrentThread();
        string outcome = target(copy);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // What is made once, such as tables and code, is made by the corpus.
        if (MaxAllocated is { } bound && _done >= Corpus.Inputs.Count && allocated > bound + ((long)MaxAllocatedAByte * input.Length))
            throw new FuzzCheckException($"{allocated} bytes were allocated for an input of {input.Length}");
        return outcome;
    }

    // Leaves out what is not needed to fail in the same way, as long as that goes quickly.
    private void Reduce(Func<byte[], string> target, Exception exception)
    {
        long end = Environment.TickCount64 + 5_000;
        byte[] smallest = _current;
        for (int piece = Math.Max(smallest.Length / 2, 1); piece > 0; piece /= 2)
        {
            for (int at = 0; at + piece <= smallest.Length && Environment.TickCount64 < end;)
            {
                byte[] shorter = [.. smallest[..at], .. smallest[(at + piece)..]];
                if (FailsAlike(shorter))
                    smallest = shorter;
                else
                    at += piece;
            }
        }
        lock (_gate)
            _current = smallest;

        bool FailsAlike(byte[] input)
        {
            Volatile.Write(ref _startedAt, Environment.TickCount64);
            try
            {
                Execute(input, target);
                return false;
            }
            catch (Exception other)
            {
                return other.GetType() == exception.GetType() && (exception is not FuzzCheckException || WithoutDigits(other.Message) == WithoutDigits(exception.Message));
            }
        }
    }

    private FuzzFailureException Failed(Exception exception)
    {
        byte[] input;
        string from;
        lock (_gate)
            (input, from) = (_current, _from);
        string directory = Path.Combine(AppContext.BaseDirectory, "FuzzFailures", Corpus.Name);
        Directory.CreateDirectory(directory);
        string file = Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(input))[..16]);
        File.WriteAllBytes(file, input);
        string what = from.Length > 0 ? $"the input {from} of the corpus" : string.Create(CultureInfo.InvariantCulture, $"execution {_done} with the seed {FuzzSettings.Seed}");
        return new FuzzFailureException($"{Corpus.Name}: {what} failed; the input is in {file} and belongs into the corpus. {exception.GetType().Name}: {exception.Message}", exception);
    }

    private static string WithoutDigits(string text) => string.Concat(text.Where(letter => !char.IsAsciiDigit(letter)));
}
