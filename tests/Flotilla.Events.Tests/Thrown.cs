namespace Flotilla.Events.Tests;

/// <summary>Expects an exception without leaving the simulated world, which Shouldly's own helper does.</summary>
internal static class Thrown
{
    public static async Task<T> ByAsync<T>(Func<Task> act) where T : Exception
    {
        try
        {
            await act();
        }
        catch (T expected)
        {
            return expected;
        }
        throw new ShouldAssertException($"Nothing threw {typeof(T).Name}.");
    }
}
