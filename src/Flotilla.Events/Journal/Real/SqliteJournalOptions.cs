namespace Flotilla.Events;

/// <summary>How much a <see cref="SqliteJournal"/> keeps of what is past. What waits, has begun or is to be sent is always kept.</summary>
/// <param name="RunsMax">How many records of runs, begins and ends; 200,000 unless given.</param>
/// <param name="DoneMax">
/// Of how many events it is remembered that a handler is done with them; a million unless given. What a sender of reliable
/// events may still repeat is remembered apart, and all of it.
/// </param>
/// <param name="MaxAge">
/// How old both become, and after which a sender is forgotten that was not heard of any more; 30 days unless given.
/// </param>
public sealed record SqliteJournalOptions(int RunsMax = 200_000, int DoneMax = 1_000_000, TimeSpan? MaxAge = null)
{
    internal TimeSpan Age => MaxAge ?? TimeSpan.FromDays(30);
}
