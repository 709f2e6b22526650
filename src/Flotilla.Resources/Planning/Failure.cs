using Flotilla.Core;

namespace Flotilla.Resources;

/// <summary>What exceptions of providers and machines mean to people.</summary>
internal static class Failure
{
    public static bool IsCancellation(Exception failure, CancellationToken cancellationToken) =>
        failure is OperationCanceledException && cancellationToken.IsCancellationRequested;

    /// <summary>What went wrong with a resource; exceptions that know no place get the resource's.</summary>
    public static IReadOnlyList<Problem> Problems(Resource resource, Exception failure) =>
        failure is ProblemException known ? known.Problems : [new Problem($"{resource.Id.Title} failed: {failure.Message}", resource.Declared)];

    public static string Text(Resource resource, Exception failure) => string.Join('\n', Problems(resource, failure));
}
