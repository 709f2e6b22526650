namespace Flotilla;

/// <summary>Lengths of time as one says them: <c>5.Seconds</c>.</summary>
public static class Durations
{
    extension(int number)
    {
        /// <summary>This many milliseconds.</summary>
        public TimeSpan Milliseconds => TimeSpan.FromMilliseconds(number);

        /// <summary>This many seconds.</summary>
        public TimeSpan Seconds => TimeSpan.FromSeconds(number);

        /// <summary>This many minutes.</summary>
        public TimeSpan Minutes => TimeSpan.FromMinutes(number);

        /// <summary>This many hours.</summary>
        public TimeSpan Hours => TimeSpan.FromHours(number);
    }
}
