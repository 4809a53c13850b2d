using System.IO.Enumeration;
using System.Text;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>A rule in force, and how often it has been.</summary>
public sealed class ActiveFault
{
    private int _matched;
    private int _taken;

    internal ActiveFault(FaultRule rule) => Rule = rule;

    public FaultRule Rule { get; }

    /// <summary>Requests that it has taken.</summary>
    public int Taken => Math.Min(Volatile.Read(ref _taken), Rule.Times);

    internal bool Takes(S3Request request)
    {
        if (!Matches(request))
            return false;
        int index = Interlocked.Increment(ref _matched) - 1 - Rule.Skip;
        return index >= 0 && index % Rule.Every == 0 && _taken < Rule.Times && Interlocked.Increment(ref _taken) <= Rule.Times;
    }

    private bool Matches(S3Request request) =>
        (Rule.Operation is null || Rule.Operation == request.Operation)
        && (Rule.Key is null || FileSystemName.MatchesSimpleExpression(Rule.Key, Encoding.UTF8.GetString(request.Subject.Span), ignoreCase: false))
        && (Rule.When is null || Rule.When(request));
}
