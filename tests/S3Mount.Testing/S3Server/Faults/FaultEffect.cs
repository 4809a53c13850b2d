using System.Text.Json.Serialization;
using S3Mount.Testing.S3Server.Http;

namespace S3Mount.Testing.S3Server.Faults;

/// <summary>
/// What goes wrong with a request. An effect takes part at up to three points: before the request is handled, instead of
/// handling it, and when its answer is ready. It holds no state of its own; several effects may meet in one request.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(AnswerFault), "answer")]
[JsonDerivedType(typeof(DelayFault), "delay")]
[JsonDerivedType(typeof(RateFault), "rate")]
[JsonDerivedType(typeof(ResetFault), "reset")]
[JsonDerivedType(typeof(CutFault), "cut")]
[JsonDerivedType(typeof(ShortenFault), "shorten")]
[JsonDerivedType(typeof(LengthenFault), "lengthen")]
[JsonDerivedType(typeof(LongBodyFault), "longBody")]
[JsonDerivedType(typeof(StallFault), "stall")]
[JsonDerivedType(typeof(DribbleFault), "dribble")]
[JsonDerivedType(typeof(FlipFault), "flip")]
[JsonDerivedType(typeof(HeaderFault), "header")]
[JsonDerivedType(typeof(IgnoreConditionsFault), "ignoreConditions")]
[JsonDerivedType(typeof(IgnoreRangeFault), "ignoreRange")]
[JsonDerivedType(typeof(ListingLoopFault), "listingLoop")]
public abstract record FaultEffect
{
    /// <summary>Before the request is looked at: may wait, or change how it is handled.</summary>
    internal virtual ValueTask BeforeAsync(S3Request request, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>An answer that is given without handling the request; null to handle it.</summary>
    internal virtual ServerResponse? Answer(S3Request request) => null;

    /// <summary>As the other one, for an effect that differs from case to case.</summary>
    internal virtual void Alter(in FaultCase taken, ServerResponse response) => Alter(response);

    /// <summary>Changes the answer, or how it is sent.</summary>
    internal virtual void Alter(ServerResponse response)
    {
    }
}
