namespace Flotilla.Events.Serf;

/// <summary>Tasks that run beside one another until all have ended; each may add others. For use from many threads.</summary>
internal sealed class TaskBag
{
    private readonly Lock _gate = new();
    private readonly List<Task> _tasks = [];

    public void Add(Task task)
    {
        lock (_gate) _tasks.Add(task);
    }

    /// <summary>Waits for all, also for those that come meanwhile.</summary>
    public async Task DrainAsync()
    {
        for (var i = 0; TryGet(i, out var task); i++) await task;
    }

    private bool TryGet(int index, out Task task)
    {
        lock (_gate)
        {
            var isThere = index < _tasks.Count;
            task = isThere ? _tasks[index] : Task.CompletedTask;
            return isThere;
        }
    }
}
