using System.IO.Enumeration;
using System.Text;
using S3Mount.Testing.Synthetic;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>A rule in force, and how often it has been. Any thread.</summary>
public sealed class ActiveFault
{
    private readonly Lock _gate = new();
    // All guarded by _gate.
    private readonly CapacityMeter? _capacity;
    private int _matched;
    private int _taken;
    private int _underWay;

    internal ActiveFault(int id, FaultRule rule, TimeProvider timeProvider)
    {
        (Id, Rule) = (id, rule);
        _capacity = rule.Above is null ? null : new CapacityMeter(rule.Above, timeProvider);
    }

    /// <summary>By which another process removes it.</summary>
    public int Id { get; }

    public FaultRule Rule { get; }

    /// <summary>Requests that it has taken.</summary>
    public int Taken
    {
        get
        {
            lock (_gate)
                return _taken;
        }
    }

    internal FaultCase? Take(S3Request request)
    {
        if (!Matches(request))
            return null;
        lock (_gate)
        {
            if (_capacity is not null && _capacity.TryEnter())
            {
                request.WhenAnswered(Leave);
                return null;
            }
            int index = _matched++ - Rule.Skip;
            if (index < 0 || index % Rule.Every != 0 || !IsDrawn(index) || _taken >= Rule.Times || _underWay >= Rule.AtOnce)
                return null;
            _underWay++;
            request.WhenAnswered(End);
            return new FaultCase(Rule, request, _taken++);
        }
    }

    private bool Matches(S3Request request) =>
        (Rule.Operation is null || Rule.Operation == request.Operation)
        && (Rule.Key is null || FileSystemName.MatchesSimpleExpression(Rule.Key, Encoding.UTF8.GetString(request.Subject.Span), ignoreCase: false))
        && (Rule.When is null || Rule.When(request));

    // By the seed and the number of the request alone, so that the same requests in the same order meet the same faults.
    private bool IsDrawn(int index) =>
        Rule.Probability >= 1 || Mixing.Mix(Mixing.Mix((ulong)Rule.Seed) + (ulong)index) < Rule.Probability * ulong.MaxValue;

    private void Leave()
    {
        lock (_gate)
            _capacity!.Leave();
    }

    private void End()
    {
        lock (_gate)
            _underWay--;
    }
}
