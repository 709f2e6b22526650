using Flotilla.Core;

namespace Flotilla.Docker;

/// <summary>The engine refused a request, or could not be reached.</summary>
/// <param name="status">The HTTP status that it answered; 0 when it did not answer.</param>
/// <param name="problem">What, why, and what to do.</param>
/// <param name="inner">What it came from.</param>
public sealed class DockerException(int status, Problem problem, Exception? inner = null) : Exception(problem.ToString(), inner)
{
    /// <summary>The HTTP status; 404 for what is not there, 409 for a conflict, 0 when there was no answer.</summary>
    public int Status { get; } = status;

    /// <summary>What, why, and what to do.</summary>
    public Problem Problem { get; } = problem;
}
