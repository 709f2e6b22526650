namespace Flotilla.Detection.Scoring;

/// <summary>A labelled anomaly as positions in its series, counted from 0, both inclusive.</summary>
public readonly record struct LabelWindow(int First, int Last)
{
    /// <summary>How many points it covers.</summary>
    public int Width => Last - First + 1;
}
