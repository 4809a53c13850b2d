namespace S3Mount.Control;

/// <summary>The body of every answer that is not 200.</summary>
/// <param name="Message">One sentence: what is wrong, and what to do.</param>
internal sealed record ControlProblem(string Message);
