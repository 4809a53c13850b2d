using S3Mount.Testing.Fuzzing;

namespace S3Mount.Testing.Tests.Fuzzing;

[CancelAfter(60_000)]
public sealed class FuzzRunTests
{
    private static readonly byte[][] _words = FuzzRun.Words("bomb", "x");

    [Test]
    public void A_bug_is_found_and_its_input_is_reduced_and_kept()
    {
        var run = new FuzzRun { Corpus = Corpus.OfTexts("planted", "a long text that is harmless"), Executions = 20_000, Tokens = _words };
        FuzzFailureException? failure = Assert.Throws<FuzzFailureException>(() => run.Run(input =>
            input.AsSpan().IndexOf("bomb"u8) >= 0 && input.Contains((byte)'t') ? throw new FormatException("it went off") : "harmless"));
        Assert.That(failure!.InnerException, Is.InstanceOf<FormatException>());
        byte[] kept = File.ReadAllBytes(FileNamedIn(failure.Message));
        Assert.That(kept, Has.Length.EqualTo(5), "the word and the letter");
        Assert.That(failure.Message, Does.Contain("seed").And.Contain("it went off"));
    }

    [Test]
    public void Inputs_of_the_corpus_are_tried_as_they_are()
    {
        var tried = new List<string>();
        var run = new FuzzRun { Corpus = Corpus.OfTexts("tried", "one", "two").With("three"u8.ToArray()), Executions = 1 };
        FuzzResult result = run.Run(input =>
        {
            tried.Add(System.Text.Encoding.UTF8.GetString(input));
            return "tried";
        });
        Assert.That(tried.Take(3), Is.EqualTo(new[] { "one", "two", "three" }));
        Assert.That((result.Executions, result.Count("tried")), Is.EqualTo((tried.Count, tried.Count)));
    }

    [Test]
    public void An_input_of_the_corpus_that_fails_is_named()
    {
        var run = new FuzzRun { Corpus = Corpus.OfTexts("named", "good", "bad"), Executions = 1 };
        FuzzFailureException? failure = Assert.Throws<FuzzFailureException>(() => run.Run(input => input.SequenceEqual("bad"u8.ToArray()) ? throw new FormatException() : "good"));
        Assert.That(failure!.Message, Does.StartWith("named: the input 1 of the corpus failed"));
    }

    [Test]
    public void The_same_seed_draws_the_same_inputs()
    {
        List<byte[]> first = Inputs(), second = Inputs();
        Assert.That(second, Is.EqualTo(first));

        static List<byte[]> Inputs()
        {
            var inputs = new List<byte[]>();
            var run = new FuzzRun { Corpus = Corpus.OfTexts("same", "{\"a\": 12}", ""), Executions = 500, Tokens = _words, MaxLength = 50 };
            run.Run(input =>
            {
                inputs.Add([.. input]);
                return "seen";
            });
            Assert.That(inputs, Has.All.Length.LessThanOrEqualTo(50));
            Assert.That(inputs.Select(Convert.ToHexString).Distinct().Count(), Is.GreaterThan(400));
            return inputs;
        }
    }

    [Test]
    public void A_target_that_does_not_come_back_is_told()
    {
        using var never = new ManualResetEventSlim();
        var run = new FuzzRun { Corpus = Corpus.OfTexts("hang", "text"), Executions = 1, Deadline = TimeSpan.FromMilliseconds(100) };
        FuzzFailureException? failure = Assert.Throws<FuzzFailureException>(() => run.Run(_ =>
        {
            never.Wait(TimeSpan.FromMinutes(1));
            return "back";
        }));
        never.Set();
        Assert.That(failure!.InnerException, Is.InstanceOf<TimeoutException>());
        Assert.That(File.ReadAllText(FileNamedIn(failure.Message)), Is.EqualTo("text"));
    }

    [Test]
    public void Memory_beyond_the_bound_is_a_failure()
    {
        var run = new FuzzRun { Corpus = Corpus.OfTexts("large", "text"), Executions = 100, MaxAllocated = 1000, MaxAllocatedAByte = 1, MaxLength = 100 };
        FuzzFailureException? failure = Assert.Throws<FuzzFailureException>(() => run.Run(_ => new byte[100_000].Length == 0 ? "empty" : "large"));
        Assert.That(failure!.Message, Does.Contain("bytes were allocated for an input of"));
    }

    private static string FileNamedIn(string message) => message.Split("the input is in ")[1].Split(" and belongs")[0];
}
